/**
 * What every provider must do for a call, held against its stand-in through the factories that calls use. A provider's row is
 * in rows.ts, what happens in cases.ts. An unhandled rejection in here fails the run: vitest sees to it.
 */
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers as registry } from '../../../agent/providers/index.ts';
import { type Providers, startProviders } from '../../../dev/providers/server.ts';
import { withDeadline } from '../../../shared/faults.ts';
import { kinds } from '../../../shared/providers/provider.ts';
import { type CaseName, caseNames, cases, type Expected, expectations } from './cases.ts';
import { converse } from './converse.ts';
import { build, type Outcome, type Stage } from './driver.ts';
import { hear } from './hear.ts';
import { keyOf, type Row, titleOf } from './row.ts';
import { rows } from './rows.ts';
import { speak } from './speak.ts';
import { think } from './think.ts';

/** Two tries of eight seconds, and some: longer nothing may take, whatever the provider does. */
const deadlineMs = 25_000;
/** A provider that is silent is given up by hand after this. */
const silentMs = 2_000;

let standIns: Providers;
beforeAll(async () => {
  const rules = rows.flatMap((row) =>
    caseNames.map((name) => ({ match: { ...row.standIn, key: keyOf(row, name) }, ...cases[name] })),
  );
  standIns = await startProviders({ port: 0, script: { rules }, log: pino({ level: 'warn' }) });
});
afterAll(() => standIns?.close());

async function play(row: Row, name: CaseName, enough: AbortSignal): Promise<Outcome> {
  const stage: Stage = { row, providers: standIns, enough };
  const key = keyOf(row, name);
  switch (row.kind) {
    case 'stt':
      return hear(build('stt', stage, key), stage);
    case 'llm':
      return think(build('llm', stage, key), stage);
    case 'tts':
      return speak(build('tts', stage, key), stage);
    case 'realtime':
      return converse(build('realtime', stage, key), stage);
  }
}

const requests = (row: Row, name: CaseName) => {
  const seen = standIns.journal({ key: keyOf(row, name) });
  return [...new Set(seen.map(({ connection }) => connection))].length;
};

function check(row: Row, name: CaseName, { outcome, expected }: { outcome: Outcome; expected: Expected }): void {
  const { text, pieces, failures } = outcome;
  const final = failures.filter(({ recoverable }) => !recoverable);
  switch (expected.outcome) {
    case 'whole':
      expect(final).toEqual([]);
      if (row.kind === 'llm' || row.kind === 'realtime') expect(text).toContain(row.sentence);
      else expect(text).toBe(row.sentence);
      return;
    case 'fails':
      expect(final).toHaveLength(1);
      if (expected.status !== undefined) expect(final[0]?.status).toBe(expected.status);
      if (expected.arrived === 'nothing') expect(pieces).toBe(0);
      else expect(pieces).toBeGreaterThan(0);
      expect(requests(row, name)).toBeLessThanOrEqual(expected.mostTries);
      return;
    case 'silent':
      expect(outcome).toMatchObject({ pieces: 0, failures: [] });
      return;
    case 'unnoticed':
      expect(final).toEqual([]);
      expect(pieces).toBeGreaterThan(0);
  }
}

const titledCases = caseNames.map((name) => ({ name, title: `${name} (${'fault' in cases[name] ? 'R4.2' : 'R4.1'})` }));

describe.concurrent.each(rows.map((row) => ({ row, title: titleOf(row) })))('$title', ({ row }) => {
  test.concurrent.each(titledCases)('$title', { timeout: 2 * deadlineMs }, async ({ name }) => {
    const expected = row.unlike?.expected[name] ?? expectations[row.kind][name];
    const enough = expected.outcome === 'silent' ? AbortSignal.timeout(silentMs) : new AbortController().signal;
    const outcome = await withDeadline(`${titleOf(row)}: ${name}`, deadlineMs, play(row, name, enough));
    check(row, name, { outcome, expected });
    expect(requests(row, name), 'it was asked with the key that was given').toBeGreaterThan(0);
  });
});

describe('the contract', () => {
  test('holds every service of every provider (R4.1)', () => {
    const offered = registry.flatMap(({ spec, service }) =>
      kinds.filter((kind) => service(kind) !== undefined).map((kind) => `${spec.name} ${kind}`),
    );
    const held = new Set(rows.map(({ provider, kind }) => `${provider} ${kind}`));
    expect(offered.filter((one) => !held.has(one))).toEqual([]);
  });

  test('was played with the keys of its rows and no others (R2.7)', () => {
    const given = new Set(rows.flatMap((row) => caseNames.map((name) => keyOf(row, name))));
    expect(standIns.journal().filter(({ key }) => !given.has(key))).toEqual([]);
  });
});
