/** A tenant at work on their numbers: what they save is what the next caller hears. */
import { describe, expect, test } from 'vitest';
import { Telephone } from '../../dev/phone/telephone.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { useStack } from '../support/stack.ts';
import { expectAccessible, noBrowser, picture, rowWith, signIn, useBrowser } from './browser.ts';

/** With which the stand-ins are asked for Harbor Pizza. */
const keyOfHarbor = 'dev-openai-harbor-pizza';

describe.skipIf(noBrowser)('an editor of Harbor Pizza', () => {
  const platform = useStack({ people: 'seeded' });
  const browser = useBrowser();
  const address = () => platform().stack.fleet.dispatches[0]?.url ?? '';
  const dial = (called: string) => Telephone.dial(platform().stack.sip, called, '+441632960301');
  const spoken = async () =>
    (await platform().journal()).filter(({ kind }) => kind === 'speech').map((entry) => JSON.stringify(entry));

  async function open(number: string) {
    const visit = await browser.visit(address());
    await signIn(visit.page, 'harborEditor');
    await visit.page.getByRole('button', { name: `Edit ${number}` }).click();
    await visit.page.getByRole('dialog').waitFor();
    return visit;
  }

  test('writes another greeting, and the next caller hears it (R5.1, R2.3)', async () => {
    const { page, faults } = await open('2001');
    const greeting = page.getByLabel('Greeting', { exact: true });
    await greeting.fill('Harbor Pizza, tonight with free anchovies. What can I get you?');
    await page.getByText('set here').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'number-editor');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. The next call has it.').waitFor();
    await using phone = await dial('2001');
    expect(await phone.answer()).toBe(200);
    await phone.untilSpokenTo();
    await waitFor(async () => (await spoken()).some((entry) => entry.includes('free anchovies')), {
      what: 'the new greeting at the voice',
      deadlineMs: 15_000,
    });
    expect(faults).toEqual([]);
  });

  test('is told while typing what is wrong, by the words of the schema, and nothing is saved (R2.2)', async () => {
    const { page } = await open('2002');
    const language = page.getByLabel('Language', { exact: true });
    await language.fill('klingon');
    await page.getByText('a language is a code such as en, it or pt-BR').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByText('a language is a code').first().waitFor();
    expect(await page.getByText('Saved. The next call has it.').count()).toBe(0);
  });

  test('goes back to what the agent says, and to an older version (R2.6, R5.1)', async () => {
    const { page } = await open('2002');
    await page.getByRole('button', { name: 'Reset Greeting to the inherited value' }).click();
    await page.getByText('from the agent').first().waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. The next call has it.').waitFor();
    await page.getByRole('button', { name: 'Edit 2002' }).click();
    await page.getByRole('tab', { name: 'Versions' }).click();
    await page.getByRole('button', { name: 'Roll back to it' }).first().waitFor();
    await expectAccessible(page);
    await picture(page, 'number-versions');
    await page.getByRole('button', { name: 'Roll back to it' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Roll back to it' }).click();
    await page.getByText('Rolled back. The next call has it.').waitFor();
  });

  test('does not overwrite what a colleague saved meanwhile (R5.5)', async () => {
    const [mine, theirs] = [await open('2002'), await open('2002')];
    for (const [{ page }, text] of [
      [theirs, 'What the colleague wrote.'],
      [mine, 'What I wrote.'],
    ] as const) {
      await page.getByLabel('Greeting', { exact: true }).fill(text);
      await page.getByRole('button', { name: 'Save' }).click();
    }
    await theirs.page.getByText('Saved. The next call has it.').waitFor();
    await mine.page.getByText('Somebody else saved another version').waitFor();
    await mine.page.getByText('What the colleague wrote.').waitFor();
    expect(await mine.page.getByLabel('Greeting', { exact: true }).inputValue()).toBe('What I wrote.');
  });

  test('tries the providers before anybody calls, and is told which of them would fail (R2.8)', async () => {
    const { page, faults } = await open('2001');
    await page.getByRole('tab', { name: 'Models' }).click();
    const tryIt = page.getByRole('button', { name: 'Try it: the providers of 2001' });
    await tryIt.click();
    await page.getByText('It works.').waitFor();
    await platform().script({ rules: [{ match: { key: keyOfHarbor }, fault: { type: 'status', status: 401 } }] });
    await tryIt.click();
    await page.getByText('It would not all work in a call:').waitFor();
    await page.getByText('key refused').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'number-probe');
    await platform().script({ rules: [] });
    expect(faults).toEqual([]);
  });

  test('asks an owner to try a stored key, who is told that it works (R2.8)', async () => {
    const { page } = await browser.visit(address());
    await signIn(page, 'harborOwner', '/keys');
    await page.getByRole('button', { name: 'Try it: the key of openai' }).click();
    await page.getByText('It works.').waitFor();
  });

  test('has calls recorded, hears one, and cannot remove it (R4.7, R5.4)', async () => {
    const { page, faults } = await open('2002');
    await page.getByRole('tab', { name: 'Recording' }).click();
    await page.getByLabel('Calls are recorded').selectOption('true');
    await page.getByLabel('What callers are told first').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. The next call has it.').waitFor();
    await (async () => {
      await using phone = await dial('2002');
      expect(await phone.answer()).toBe(200);
      await phone.untilQuiet();
    })();
    await page.getByRole('link', { name: 'History' }).click();
    await rowWith(page, '2002').first().getByRole('link').first().click();
    // It is made when the call is over.
    await waitFor(
      async () => {
        await page.reload();
        await page.getByRole('heading', { name: 'Transcript' }).waitFor();
        return (await page.getByRole('heading', { name: 'Recording' }).count()) > 0;
      },
      { what: 'the recording on the page of its call', deadlineMs: 30_000, intervalMs: 1_000 },
    );
    await page.getByRole('button', { name: /^Play the recording of/ }).click();
    const lengthS = () =>
      page.locator('audio').evaluate((player) => ('duration' in player ? Number(player.duration) : 0));
    await expect.poll(lengthS, { timeout: 10_000 }).toBeGreaterThan(1);
    await expectAccessible(page);
    await picture(page, 'call-recording');
    expect(await page.getByRole('button', { name: /^Remove the recording of/ }).count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('switches a number off after being asked, and its callers hear busy until it is on again (R5.1, R1.5)', async () => {
    const { page } = await browser.visit(address());
    await signIn(page, 'harborEditor');
    await page.getByRole('switch', { name: 'Answer calls to 2002' }).click();
    await page.getByRole('button', { name: 'Switch off' }).click();
    await page.getByText('The number is off.').waitFor();
    await using refused = await dial('2002');
    expect(await refused.answer()).toBe(486);
    await page.getByRole('switch', { name: 'Answer calls to 2002' }).click();
    await page.getByText('The number answers again.').waitFor();
    await using answered = await dial('2002');
    expect(await answered.answer()).toBe(200);
  });

  test('calls a number from the browser and is answered by its agent (R5.4)', async () => {
    const { page } = await browser.visit(address());
    await signIn(page, 'harborEditor');
    await rowWith(page, '2001').getByRole('button', { name: 'Call 2001 from here' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Call', exact: true }).click();
    await page.getByText('In the call').waitFor({ timeout: 30_000 });
    await page
      .getByRole('dialog')
      .getByText(/Harbor Pizza/)
      .waitFor({ timeout: 30_000 });
    await expectAccessible(page);
    await picture(page, 'test-call');
    await page.getByRole('button', { name: 'Hang up' }).click();
    await page.getByText('The call has ended.').waitFor();
    await page.getByText('The caller hung up.').waitFor({ timeout: 30_000 });
    await page.getByRole('link', { name: 'Open the call' }).click();
    await page.getByRole('heading', { name: 'Transcript' }).waitFor();
  });
});
