import { expect, test } from 'vitest';
import type { Result } from '../../../dev/faults/fault.ts';
import { reportOf } from '../../../dev/faults/report.ts';

function round(changes: Partial<Result>): Result[] {
  return [
    {
      name: 'shard-killed',
      sentence: 'A shard is killed',
      bound: { what: 'its callers hear an agent again', ms: 8_000 },
      live: 4,
      lost: 0,
      recoveryMs: 2_000,
      heard: 'sorry',
      problems: [],
      slotsLeaked: 0,
      loadAverage: 1,
      fault: null,
      ...changes,
    },
  ];
}

function reported(...rounds: Result[][]) {
  const { results, ...report } = reportOf(rounds, 37);
  return {
    ...report,
    results: results.map(({ recoveryMs, lost, greenRounds }) => ({ recoveryMs, lost, greenRounds })),
  };
}

test('the table shows the slowest of three green rounds (R3.5)', () => {
  const report = reported(round({ recoveryMs: 2_000 }), round({ recoveryMs: 3_000 }), round({ recoveryMs: 1_000 }));
  expect(report).toEqual({ rounds: 3, known: 37, results: [{ recoveryMs: 3_000, lost: 0, greenRounds: 3 }] });
});

test('a round that lost a caller is shown before slower ones that did not, and none hides it (R3.5)', () => {
  const report = reported(round({ lost: 1, recoveryMs: 500 }), round({ recoveryMs: 7_000 }));
  expect(report.results).toEqual([{ recoveryMs: 500, lost: 1, greenRounds: 1 }]);
});

test('callers who never heard an agent again count as the slowest (R3.5)', () => {
  const report = reported(round({ recoveryMs: 9_000 }), round({ recoveryMs: null }));
  expect(report.results).toEqual([{ recoveryMs: null, lost: 0, greenRounds: 0 }]);
});
