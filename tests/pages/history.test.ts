/** A long history and a busy evening: the pages of operations stay quick, and look as they should. */
import { describe, expect, test } from 'vitest';
import { addCall, addLiveCall, addPastCalls } from '../integration/api-history.ts';
import { ApiWorld } from '../integration/api-world.ts';
import { expectAccessible, noBrowser, picture, rowWith, signIn, telephone, useBrowser } from './browser.ts';

const pastCalls = 10_000;
const liveCalls = 200;

describe.skipIf(noBrowser)('people who look at calls', () => {
  const browser = useBrowser();

  test('10 000 calls in history and 200 on the line are shown and filtered while somebody looks (R5.3)', {
    timeout: 240_000,
  }, async () => {
    await using world = await ApiWorld.start();
    await addPastCalls(world, pastCalls);
    await world.change('sip_numbers', { phone_number: 'eq.2001' }, { max_concurrent_calls: 1_000 });
    await world.change(
      'organizations',
      { slug: 'eq.harbor-pizza' },
      { max_concurrent_calls: null, max_calls_per_second: null },
    );
    for (let at = 0; at < liveCalls; at++)
      await addLiveCall(world, { number: '2001', caller: `+3906${1_000_000 + at}` });
    const { page, faults } = await browser.visit(world.url);
    const times: Record<string, number> = {};
    const timed = async (what: string, work: () => Promise<unknown>) => {
      const begunMs = performance.now();
      await work();
      times[what] = Math.round(performance.now() - begunMs);
    };
    await signIn(page, 'harborOwner');
    await timed('history, first rows', async () => {
      await page.getByRole('link', { name: 'History' }).click();
      await rowWith(page, '+39061000199').waitFor();
    });
    await timed('filter by words said once', async () => {
      await page.getByLabel('Words that were said').fill('anchovy 4711 ');
      await expect.poll(() => page.getByRole('row').count(), { timeout: 20_000 }).toBe(2);
    });
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await timed('one page more', async () => {
      await page.getByRole('button', { name: 'Load more' }).click();
      await expect.poll(() => page.getByRole('row').count(), { timeout: 20_000 }).toBeGreaterThan(60);
    });
    await timed('200 live calls', async () => {
      await page.getByRole('link', { name: 'Live calls' }).click();
      await expect.poll(() => page.getByRole('row').count(), { timeout: 20_000 }).toBe(liveCalls + 1);
    });
    await timed('figures', async () => {
      await page.getByRole('link', { name: 'Statistics' }).click();
      await page.getByRole('heading', { name: 'Busiest hours' }).waitFor();
    });
    // Times tell something only beside the machine; that all of this came is what is asserted.
    process.stdout.write(`${JSON.stringify({ pastCalls, liveCalls, ms: times })}\n`);
    expect(faults).toEqual([]);
  });

  test('each page is usable without seeing it, and looks as in the docs (R5.3, R5.4)', {
    timeout: 240_000,
  }, async () => {
    await using world = await ApiWorld.start();
    await addPastCalls(world, 300);
    const call = await addCall(world, {
      tenant: 'harbor-pizza',
      number: '2001',
      caller: '+441632960301',
      startedAt: new Date(Date.now() - 60_000).toISOString(),
      talkMs: 41_000,
      endReason: 'caller_hung_up',
      words: [
        'Harbor Pizza orders, what can I get you?',
        'What time do you close tonight?',
        'The oven stays hot until eleven.',
      ],
    });
    await addLiveCall(world, { number: '2001', caller: '+441632960302' });
    const { page, faults } = await browser.visit(world.url);
    await signIn(page, 'harborOwner');
    for (const [path, name, heading] of [
      ['/', 'numbers', 'Phone numbers'],
      ['/calls/live', 'live', 'Live calls'],
      ['/calls', 'history', 'History'],
      [`/calls/${call}`, 'call', 'Call'],
      ['/refusals', 'refusals', 'Refusals'],
      ['/statistics', 'statistics', 'Statistics'],
      ['/health', 'health', 'Health'],
      ['/tickets', 'tickets', 'Tickets'],
      ['/team', 'team', 'Team'],
      ['/keys', 'keys', 'Keys'],
      ['/audit', 'audit', 'Audit'],
      ['/api', 'api', 'API'],
    ] as const) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
      await page.waitForLoadState('load');
      await expect.poll(() => page.locator('[aria-busy=true]').count(), { timeout: 20_000 }).toBe(0);
      await expectAccessible(page);
      await picture(page, name);
      await page.setViewportSize(telephone);
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'), path).toBeLessThanOrEqual(
        0,
      );
      await page.setViewportSize({ width: 1280, height: 900 });
    }
    expect(faults).toEqual([]);
  });

  test('an owner makes a key for a program, sees it once, and takes it back (R5.5)', async () => {
    await using world = await ApiWorld.start();
    const { page } = await browser.visit(world.url);
    await signIn(page, 'harborOwner', '/keys');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('till');
    await dialog.getByRole('checkbox').first().check();
    await dialog.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText('It is shown this once.').waitFor();
    const shown = /swb_[\w-]{40}/.exec(await page.getByRole('dialog').innerHTML())?.[0] ?? '';
    expect((await world.client(shown).get('/me')).status).toBe(200);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(shown);
    await page.getByRole('button', { name: 'Take back the key till' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Take back' }).click();
    await page.getByText('The key is taken back.').waitFor();
  });
});
