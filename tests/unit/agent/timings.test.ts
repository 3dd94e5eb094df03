import { expect, test } from 'vitest';
import { Timings } from '../../../agent/timings.ts';

function timingsAt() {
  let nowMs = 1000;
  const clock = { now: () => nowMs, monotonicMs: () => nowMs };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { timings: new Timings(clock, 1000), pass };
}

test('steps are counted from the offer, and only the first mark of each counts (R1.8)', () => {
  const { timings, pass } = timingsAt();
  pass(20);
  timings.mark('joined');
  pass(30);
  timings.mark('joined');
  timings.mark('published');
  expect(timings.all()).toEqual({ joined: 20, published: 50 });
});

test('a step that fails is marked too, and its failure comes through (R1.8)', async () => {
  const { timings } = timingsAt();
  await expect(timings.of('looked_up', Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(timings.all()).toEqual({ looked_up: 0 });
});
