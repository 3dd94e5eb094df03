import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fields, writeFields } from '../../../dev/line/protobuf.ts';

const signed = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

test('what the local line writes to LiveKit is what it would read (R4.3)', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), signed, fc.uint8Array(), (text, integer, bytes) => {
      const fields = new Fields(
        writeFields([
          [1, text],
          [2, integer],
          [300, bytes],
          [3, 1],
          [300, 'again'],
        ]),
      );
      expect(fields.text(1)).toBe(Buffer.from(text).toString());
      expect(fields.integer(2)).toBe(integer);
      expect(fields.repeated(300).map((part) => [...part])).toEqual([[...bytes], [...Buffer.from('again')]]);
      expect(fields.text(9)).toBe('');
      expect(fields.integer(9)).toBe(0n);
    }),
  );
});

test('a message that is cut off, or none at all, is refused and never half read (R4.3)', () => {
  const whole = writeFields([
    [1, 'a long enough text'],
    [2, 2n ** 40n],
  ]);
  for (const end of [3, 10, whole.length - 1]) expect(() => new Fields(whole.subarray(0, end))).toThrow(RangeError);
  expect(() => new Fields(Buffer.from([0x0f, 1]))).toThrow('wire type 7');
});
