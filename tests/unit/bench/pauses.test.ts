import { describe, expect, test } from 'vitest';
import { cutShare, turnsOf } from '../../../bench/pauses.ts';

const stretch = (fromMs: number, untilMs: number) => ({ fromMs, untilMs });

describe('of a recorded call', () => {
  test('a pause belongs to a turn unless the agent spoke in it (R1.7)', () => {
    const caller = [stretch(1_000, 2_000), stretch(2_400, 3_000), stretch(8_000, 9_000)];
    expect(turnsOf(caller, [stretch(0, 800), stretch(4_000, 7_000)])).toEqual([[400], []]);
    expect(turnsOf(caller, [])).toEqual([[400, 5_000]]);
  });

  test('an agent that is talked into ends the turn before (R1.7)', () => {
    expect(turnsOf([stretch(0, 1_000), stretch(2_500, 3_000)], [stretch(2_000, 2_700)])).toEqual([[], []]);
  });

  test('a wait cuts the turns with a pause as long as it (R1.7)', () => {
    const turns = [[400, 650], [200], [], [700]];
    expect([300, 500, 650, 700, 1_000].map((waitMs) => cutShare(turns, waitMs))).toEqual([0.5, 0.5, 0.5, 0.25, 0]);
    expect(cutShare([], 500)).toBe(0);
  });
});
