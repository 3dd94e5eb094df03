/** A real browser in front of a whole platform: people sign in to its pages and do their work. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { findOnPath } from '../../dev/setup/binaries.mjs';
import { repository } from '../../dev/stack/program.ts';
import { seededPassword, seededPeople } from '../../dev/stack/supabase-people.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';

export type Person = keyof typeof seededPeople;

const executablePath = findOnPath('chromium', surroundings);
/** Said, not hidden: set-up installs it where it may. */
export const noBrowser = executablePath === undefined;
if (noBrowser) process.stdout.write('skipped: chromium is not installed, so the pages are not tried in a browser\n');

const actionDeadlineMs = 20_000;
const desk = { width: 1280, height: 900 };
export const telephone = { width: 360, height: 740 };
/** Committed: docs show the pages as the tests saw them last. */
const pictures = join(repository, 'docs', 'pages');

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page said on its console as an error, or threw. */
  readonly faults: string[];
}

/** One browser for a file of tests; each visit is somebody's own, with nothing kept from another. */
export function useBrowser(): { visit(url: string, options?: VisitOptions): Promise<Visit> } {
  let browser: Browser | undefined;
  const open: BrowserContext[] = [];
  beforeAll(async () => {
    if (executablePath === undefined) return;
    browser = await chromium.launch({
      executablePath,
      args: [
        // As root, which CI is, Chromium runs in no sandbox of its own.
        '--no-sandbox',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream',
        '--autoplay-policy=no-user-gesture-required',
      ],
    });
  });
  afterAll(async () => {
    await Promise.all(open.map((context) => context.close()));
    await browser?.close();
  });
  return {
    async visit(url, { dark = false, viewport = desk, locale = 'en-GB' } = {}) {
      if (browser === undefined) throw new Error('there is no browser');
      const context = await browser.newContext({
        ...{ baseURL: url, viewport, locale, reducedMotion: 'reduce', timezoneId: 'Europe/Rome' },
        colorScheme: dark ? 'dark' : 'light',
      });
      open.push(context);
      context.setDefaultTimeout(actionDeadlineMs);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') faults.push(message.text());
      });
      return { page, context, faults };
    },
  };
}

export interface VisitOptions {
  readonly dark?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
  readonly locale?: string;
}

export async function signIn(page: Page, person: Person, path = '/'): Promise<void> {
  await page.goto(path);
  await page.getByLabel('E-mail').fill(seededPeople[person].email);
  await page.getByLabel('Password').fill(seededPassword);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Sign in' }).waitFor();
}

/** The row of a table that has this text. */
export function rowWith(page: Page, text: string): Locator {
  return page.getByRole('row').filter({ hasText: text });
}

const foundSchema = z.object({
  violations: z.array(
    z.object({
      id: z.string(),
      help: z.string(),
      impact: z.string().nullable(),
      nodes: z.array(z.object({ html: z.string() })),
    }),
  ),
});

/** Nothing that keeps somebody out: what axe calls serious or critical. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(`axe.run(document, { resultTypes: ['violations'] })`);
  const { violations } = foundSchema.parse(found);
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  expect(told).toEqual([]);
}

export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
}
