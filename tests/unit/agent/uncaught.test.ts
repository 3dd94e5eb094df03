import { expect, test } from 'vitest';
import { isFatal } from '../../../agent/uncaught.ts';

test('a shard without memory or descriptors ends; one with a garbled frame does not (R6.3)', () => {
  expect(isFatal(new RangeError('Array buffer allocation failed'))).toBe(true);
  expect(isFatal(Object.assign(new Error('spawn'), { code: 'EMFILE' }))).toBe(true);
  expect(isFatal(new SyntaxError('Unexpected end of JSON input'))).toBe(false);
  expect(isFatal(new RangeError('Invalid array length'))).toBe(false);
});
