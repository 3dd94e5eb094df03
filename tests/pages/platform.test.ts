/** The owner of the platform assigns numbers, sees what happens on the lines, and ends it. */
import { describe, expect, test } from 'vitest';
import { pizza } from '../../dev/faults/businesses.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { useStack } from '../support/stack.ts';
import { expectAccessible, noBrowser, picture, rowWith, signIn, useBrowser } from './browser.ts';

describe.skipIf(noBrowser)('the owner of the platform', () => {
  const platform = useStack({ people: 'seeded' });
  const browser = useBrowser();
  const address = () => platform().stack.fleet.dispatches[0]?.url ?? '';
  const dial = (called: string) => Telephone.dial(platform().stack.sip, called, '+441632960302');

  async function enter(path: string) {
    const visit = await browser.visit(address());
    await signIn(visit.page, 'admin', path);
    return visit;
  }

  test('sees a call come and go on the page of live calls, with nobody touching it (R5.3)', async () => {
    const { page } = await enter('/calls/live');
    await page.getByText('Nobody is on the line').waitFor();
    await using phone = await dial('2001');
    expect(await phone.answer()).toBe(200);
    const row = rowWith(page, '+441632960302');
    await row.getByText('Talks').waitFor();
    await expectAccessible(page);
    await picture(page, 'live-calls');
    phone.call.hangUp();
    await page.getByText('Nobody is on the line').waitFor({ timeout: 30_000 });
  });

  test('ends a live call after being asked (R5.3)', async () => {
    const { page } = await enter('/calls/live');
    await using phone = await dial('2001');
    expect(await phone.answer()).toBe(200);
    await page.getByRole('button', { name: 'Hang up on +441632960302' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Hang up' }).click();
    expect(await phone.ended()).toBe('called');
    const { page: history } = await enter('/calls');
    await rowWith(history, 'Ended by hand').first().waitFor();
  });

  test('gives a number to another business, whose agent then answers it (R5.2)', async () => {
    const { page } = await enter('/admin/numbers');
    await rowWith(page, '2009').waitFor();
    await expectAccessible(page);
    await picture(page, 'all-numbers');
    await page.getByRole('button', { name: 'More for 2002' }).click();
    await page.getByRole('menuitem', { name: 'Assign to another organisation' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('To', { exact: true }).selectOption({ label: 'Studio Bianchi' });
    await dialog.getByRole('button', { name: /Assign/ }).click();
    await page.getByText('The number is assigned.').waitFor();
    await using phone = await dial('2002');
    expect(await phone.answer()).toBe(200);
    await phone.untilSpokenTo();
    await waitFor(
      async () =>
        (await platform().journal()).some(({ key, kind }) => kind === 'speech' && key === 'dev-openai-studio-bianchi'),
      { what: 'the voice of the other business', deadlineMs: 15_000 },
    );
  });

  test('says what a provider costs, and the next call says what it cost (R1.8)', async () => {
    const { page, faults } = await enter('/admin/prices');
    await page.getByText('No prices yet').waitFor();
    await page.getByRole('button', { name: 'Set a price' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Provider').fill('openai');
    await dialog.getByLabel('For', { exact: true }).selectOption('output_tokens');
    await dialog.getByLabel('Price', { exact: true }).fill('60');
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The price is set.').waitFor();
    await rowWith(page, 'openai').waitFor();
    await expectAccessible(page);
    await picture(page, 'prices');
    {
      await using phone = await dial('2001');
      expect(await phone.answer()).toBe(200);
      await phone.talk(pizza.question);
    }
    await page.goto('/calls');
    await rowWith(page, '2001').first().getByRole('link').first().click();
    const told = async () => {
      await page.reload();
      return await page
        .getByText('Total: ')
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        );
    };
    await waitFor(told, { what: 'what the call cost on its page', deadlineMs: 30_000, intervalMs: 250 });
    expect(faults).toEqual([]);
  });

  test('adds numbers line by line and is told which line is wrong before anything is sent (R5.2)', async () => {
    const { page } = await enter('/admin/numbers');
    await page.getByRole('button', { name: 'Add numbers' }).click();
    await page.getByRole('dialog').getByLabel('Numbers', { exact: true }).fill('2801, Till, 2\npizza');
    await page.getByText('This is no number with + and country code').waitFor();
    await page.getByRole('dialog').getByLabel('Numbers', { exact: true }).fill('2801, Till, 2');
    await page.getByRole('button', { name: 'Add 1' }).click();
    await page.getByText('1 of 1 were added.').waitFor();
  });
});
