import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadOf, secondWorstOf } from '../../../agent/load.ts';

const idle = { sessions: 0, mostSessions: 20, utilization: 0, lagP99Ms: 0 };
const some = { ...idle, sessions: 5 };

test.each([
  ['an idle shard', idle, 0, false],
  ['a shard half full of calls', { ...idle, sessions: 10 }, 0.35, false],
  ['a shard full of calls', { ...idle, sessions: 20 }, 0.7, true],
  ['a shard whose loop is busy', { ...some, utilization: 0.6 }, 0.7, true],
  ['a shard whose loop lags', { ...some, lagP99Ms: 50 }, 0.7, true],
  ['a shard far beyond its limit', { ...some, lagP99Ms: 500 }, 1, true],
  ['a shard without calls on a busy machine', { ...idle, lagP99Ms: 500 }, 0.63, false],
  ['a shard with a few calls on a busy machine', { ...idle, sessions: 4, utilization: 0.7 }, 0.63, false],
  ['a shard for one call that has it', { ...idle, sessions: 1, mostSessions: 1 }, 0.7, true],
])('%s reports its load (R3.7)', (_what, readings, load, full) => {
  expect(loadOf(readings)).toMatchObject({ load: expect.closeTo(load), full });
});

test('a shard is full exactly when LiveKit stops sending to it (R3.7)', () => {
  const reading = fc.record({
    sessions: fc.nat(40),
    mostSessions: fc.integer({ min: 1, max: 40 }),
    utilization: fc.double({ min: 0, max: 1, noNaN: true }),
    lagP99Ms: fc.double({ min: 0, max: 1000, noNaN: true }),
  });
  fc.assert(
    fc.property(reading, (readings) => {
      const { load, full } = loadOf(readings);
      return load >= 0 && load <= 1 && full === load >= 0.7 - 1e-9;
    }),
  );
});

test('one period of stalls, as a burst of joins makes them, does not make a shard full; two do (R3.7)', () => {
  const calm = { utilization: 0.1, lagP99Ms: 2 };
  const burst = { utilization: 0.9, lagP99Ms: 120 };
  expect(loadOf({ ...some, ...secondWorstOf([calm, burst, calm, calm]) }).full).toBe(false);
  expect(loadOf({ ...some, ...secondWorstOf([burst]) }).full).toBe(false);
  expect(loadOf({ ...some, ...secondWorstOf([burst, calm, calm, burst]) }).full).toBe(true);
});
