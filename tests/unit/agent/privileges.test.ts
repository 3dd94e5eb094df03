import { expect, test } from 'vitest';
import { hasSysNice } from '../../../agent/privileges.ts';

test.each([
  ['000001ffffffffff', true],
  ['0000000000800000', true],
  ['00000000a80425fb', false],
  ['0000000000000000', false],
])('with capabilities %s a shard could make real-time threads: %s (R9.3)', (bits, has) => {
  expect(hasSysNice(`Name:\tnode\nCapEff:\t${bits}\nCapBnd:\t000001ffffffffff\n`)).toBe(has);
});
