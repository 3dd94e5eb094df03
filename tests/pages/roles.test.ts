/** Who signs in sees what is theirs to see, in their language, by day and by night, on a desk and on a telephone. */
import { describe, expect, test } from 'vitest';
import { useStack } from '../support/stack.ts';
import {
  expectAccessible,
  noBrowser,
  type Person,
  picture,
  rowWith,
  signIn,
  telephone,
  useBrowser,
} from './browser.ts';

describe.skipIf(noBrowser)('people who sign in', () => {
  const platform = useStack({ people: 'seeded' });
  const browser = useBrowser();
  const address = () => platform().stack.fleet.dispatches[0]?.url ?? '';
  const namesIn = async (page: Awaited<ReturnType<typeof browser.visit>>['page']) =>
    (await page.getByRole('navigation').first().getByRole('link').allInnerTexts()).map((name) => name.trim());

  test('with a wrong password are told so, and stay outside (R7.1)', async () => {
    const { page } = await browser.visit(address());
    await page.goto('/');
    await expectAccessible(page);
    await picture(page, 'sign-in');
    await page.getByLabel('E-mail').fill('ada@harbor-pizza.test');
    await page.getByLabel('Password', { exact: true }).fill('guessed');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('do not belong together').waitFor();
    expect(await page.getByText('2001').count()).toBe(0);
  });

  test.each([
    ['harborViewer', ['Phone numbers', 'Live calls'], ['Keys', 'Audit', 'All numbers', 'Organisations']],
    ['harborOwner', ['Phone numbers', 'Keys', 'Audit', 'Team'], ['All numbers', 'Organisations']],
    ['admin', ['All numbers', 'Organisations', 'Phone numbers'], []],
  ] as const)(
    'as %s find what their role may open, and nothing else (R5.1, R7.1)',
    async (person: Person, shown, hidden) => {
      const { page } = await browser.visit(address());
      await signIn(page, person);
      const names = await namesIn(page);
      expect(names).toEqual(expect.arrayContaining([...shown]));
      for (const name of hidden) expect(names).not.toContain(name);
    },
  );

  test('see the numbers of their business and none of a neighbour (R5.1, R7.1)', async () => {
    const { page, faults } = await browser.visit(address());
    await signIn(page, 'harborViewer');
    await rowWith(page, '2001').waitFor();
    for (const shown of ['orders', '2002', 'support', '2009', 'old line']) await rowWith(page, shown).waitFor();
    expect(await page.getByText('+390612345678').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Edit 2001' }).count()).toBe(0);
    await page.getByText('English').first().waitFor();
    await expectAccessible(page);
    expect(faults).toEqual([]);
  });

  test.each(['/keys', '/audit', '/admin/numbers', '/admin/organizations', '/admin/prices'])(
    'as a viewer who types the address %s are told that it is not for them (R7.1)',
    async (path) => {
      const { page } = await browser.visit(address());
      await signIn(page, 'harborViewer', path);
      await page.getByText('This page is not for your role').waitFor();
    },
  );

  test('in Italian read Italian (R5.1)', async () => {
    const { page } = await browser.visit(address(), { locale: 'it-IT' });
    await page.goto('/');
    await page.getByRole('button', { name: 'Accedi' }).waitFor();
  });

  test('at night and on a telephone use the same pages (R5.1)', async () => {
    const { page } = await browser.visit(address(), { dark: true, viewport: telephone });
    await signIn(page, 'harborEditor');
    await page.getByText('2001').first().waitFor();
    await expectAccessible(page);
    const wide: unknown = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
    expect(wide).toBeLessThanOrEqual(0);
    await picture(page, 'numbers-telephone');
  });
});
