/** What `--probe` says of every service of every provider, in a sentence and within its five seconds. */
import { type AddressInfo, createServer } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceOf } from '../../../agent/providers/index.ts';
import type { Probe } from '../../../agent/providers/provider.ts';
import type { ScriptInput } from '../../../dev/providers/script.ts';
import { type Providers, startProviders } from '../../../dev/providers/server.ts';
import { type Row, titleOf } from './row.ts';
import { rows } from './rows.ts';

type Fault = NonNullable<NonNullable<ScriptInput['rules']>[number]['fault']>;

const faults: Readonly<Record<Exclude<Probe['outcome'], 'unknown_model' | 'unsupported_language'>, Fault | undefined>> =
  {
    works: undefined,
    bad_key: { type: 'status', status: 401 },
    quota: { type: 'status', status: 402 },
    failed: { type: 'status', status: 500 },
    unreachable: { type: 'silence' },
  };
type Tried = keyof typeof faults;
const tried = Object.keys(faults) as Tried[];
const keyOf = (row: Row, outcome: Tried) => `dev-probe-${titleOf(row)}-${outcome}`.replaceAll(/[^a-z0-9]+/gi, '-');

let standIns: Providers;
beforeAll(async () => {
  const rules = rows.flatMap((row) =>
    tried.flatMap((outcome) => {
      const fault = faults[outcome];
      return fault === undefined ? [] : [{ match: { key: keyOf(row, outcome) }, fault }];
    }),
  );
  standIns = await startProviders({ port: 0, script: { rules }, log: pino({ level: 'warn' }) });
});
afterAll(() => standIns?.close());

/** An address that was somebody's a moment ago. */
async function deserted(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

function probe(row: Row, apiKey: string, baseUrl = row.baseUrl(standIns.urls)): Promise<Probe> {
  const { provider, kind, model = null, options = {}, language } = row;
  const choice = { provider, model, options, base_url: null, voice: null };
  return serviceOf(kind, provider).probe(choice, { apiKey, baseUrl, language });
}

describe.concurrent.each(rows.map((row) => ({ row, title: titleOf(row) })))('the probe of $title', ({ row }) => {
  test.concurrent.each(tried)('tells: %s (R2.8)', async (outcome) => {
    const told = await probe(row, keyOf(row, outcome));
    expect(told.outcome, JSON.stringify(told)).toBe(outcome);
    expect(told.tookMs).toBeLessThan(6_000);
    if ('sentence' in told) expect(told.sentence).toMatch(/^[A-Z].*\.$/);
  });

  test.concurrent('tells an address where nobody listens (R2.8)', async () => {
    const told = await probe(row, keyOf(row, 'works'), await deserted());
    expect(told).toMatchObject({ outcome: 'unreachable', sentence: expect.stringContaining('ECONNREFUSED') });
  });

  test.concurrent('says nothing of the key (R7.5)', async () => {
    const key = keyOf(row, 'bad_key');
    expect(JSON.stringify(await probe(row, key))).not.toContain(key);
  });
});

describe('a model that the provider does not have', () => {
  test.concurrent.each(rows.map((row) => ({ row, title: titleOf(row) })))(
    'is told of $title (R2.8)',
    async ({ row }) => {
      const told = await probe({ ...row, model: 'unknown-model' }, keyOf(row, 'works'));
      expect(told).toMatchObject({ outcome: 'unknown_model', sentence: expect.stringContaining('unknown-model') });
    },
  );
});
