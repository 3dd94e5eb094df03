import { expect, test } from 'vitest';
import { Sightings } from '../../../dispatch/sightings.ts';

function sightings() {
  let nowMs = 1000;
  const seen = new Sightings({ now: () => nowMs, monotonicMs: () => nowMs });
  const round = (atMs: number, ...what: string[]) => {
    nowMs = atMs;
    const ages = what.map((one) => seen.see(one));
    seen.endRound();
    return ages;
  };
  return { seen, round };
}

test('a caller is found only when nobody decided in two looks, and for how long is counted from the first (R3.2)', () => {
  const { round } = sightings();
  expect(round(1000, 'a')).toEqual([0]);
  expect(round(2500, 'a', 'b')).toEqual([1500, 0]);
  expect(round(4000, 'a', 'b')).toEqual([3000, 1500]);
});

test('what was put right meanwhile, or could not be looked at, is counted anew (R3.2)', () => {
  const { seen, round } = sightings();
  round(1000, 'a');
  round(2000);
  expect(round(3000, 'a')).toEqual([0]);
  seen.forget();
  expect(round(9000, 'a')).toEqual([0]);
});
