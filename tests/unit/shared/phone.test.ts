import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDialled } from '../../../shared/phone.ts';

test.each([
  ['2001', 'extension', '2001'],
  ['+390612345678', 'e164', '+390612345678'],
  ['00390612345678', 'e164', '+390612345678'],
  ['+39 06 1234-5678', 'e164', '+390612345678'],
  ['0612345678', 'national', '0612345678'],
  ['(06) 1234.5678', 'national', '0612345678'],
])('a caller who dials %s reaches the %s number %s (R1.1)', (text, kind, number) => {
  expect(parseDialled(text)).toEqual({ kind, number });
});

test.each([
  ['', 'nothing was dialled'],
  ['1', 'only digits'],
  ['+', 'only digits'],
  ['anonymous', 'only digits'],
  ['../../x', 'only digits'],
  ["'; drop table sip_numbers; --", 'only digits'],
  ['sip:', 'only digits'],
  ['٢٠٠١', 'only digits'],
  ['2001\u0000', 'only digits'],
  ['+0612345678', 'only digits'],
  ['9'.repeat(300), '300 characters'],
])('a caller who dials %j reaches nobody, with a sentence why (R1.5)', (text, problem) => {
  expect(parseDialled(text)).toEqual({ kind: 'malformed', problem: expect.stringContaining(problem) });
});

test('whatever a stranger dials, only digits with an optional plus come out (R1.5)', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+0-9 ().]{0,20}$/)), (text) => {
      const parsed = parseDialled(text);
      if (parsed.kind !== 'malformed') expect(parsed.number).toMatch(/^\+?[0-9]{2,15}$/);
    }),
  );
});

test('a number that was read once reads the same again (R1.1)', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^(\+|00)?[0-9 ]{2,18}$/), (text) => {
      const parsed = parseDialled(text);
      if (parsed.kind !== 'malformed') expect(parseDialled(parsed.number)).toEqual(parsed);
    }),
  );
});
