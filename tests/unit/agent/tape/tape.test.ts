import { describe, expect, test } from 'vitest';
import { CallerTime } from '../../../../agent/tape/caller-time.ts';
import { Tape } from '../../../../agent/tape/tape.ts';

/** One sample a millisecond. */
const sampleRate = 1_000;
const beginsAtMs = 50_000;
const at = (ms: number) => beginsAtMs + ms;
const sound = (value: number, ms: number) => new Int16Array(ms).fill(value);

function openTape() {
  const written: number[] = [];
  const tape = new Tape({ sampleRate, beginsAtMs, write: (block) => void written.push(...block) });
  const side = (channel: 0 | 1) => written.filter((_sample, index) => index % 2 === channel);
  return { tape, caller: () => side(0), agent: () => side(1) };
}

describe('a tape', () => {
  test('has the caller left and the agent right, each where it was heard, and silence between (R4.7)', () => {
    const { tape, caller, agent } = openTape();
    tape.place('caller', at(1), sound(7, 2));
    tape.place('agent', at(2), sound(9, 2));
    tape.settle(at(5));
    expect([caller(), agent()]).toEqual([
      [0, 7, 7, 0, 0],
      [0, 0, 9, 9, 0],
    ]);
    expect(tape.lengthMs).toBe(5);
  });

  test('goes on in what was placed before it was settled (R4.7)', () => {
    const { tape, agent } = openTape();
    tape.place('agent', at(0), Int16Array.of(1, 2, 3, 4));
    tape.settle(at(2));
    tape.settle(at(1));
    tape.settle(at(5));
    expect(agent()).toEqual([1, 2, 3, 4, 0]);
  });

  test('leaves out what was said before it began, and what comes when its time is settled (R4.7)', () => {
    const { tape, caller } = openTape();
    tape.place('caller', at(-2), Int16Array.of(1, 2, 3));
    tape.settle(at(2));
    tape.place('caller', at(1), Int16Array.of(4, 5));
    tape.settle(at(4));
    expect(caller()).toEqual([3, 0, 5, 0]);
  });
});

describe('the time of a caller’s frames', () => {
  test('goes on where the last frame ended, however late they come (R4.7)', () => {
    const time = new CallerTime();
    expect([time.of(1_050, 50), time.of(1_400, 50), time.of(1_401, 50)]).toEqual([1_000, 1_050, 1_100]);
  });

  test('begins anew after a gap in the line (R4.7)', () => {
    const time = new CallerTime();
    expect([time.of(1_050, 50), time.of(3_050, 50), time.of(3_100, 50)]).toEqual([1_000, 3_000, 3_050]);
  });
});
