import { expect, test } from 'vitest';
import { isReason, isRefusal, reasonCodes, reasons } from '../../../shared/reasons.ts';

test('every reason tells people in one sentence what happened (R3.4)', () => {
  for (const code of reasonCodes) expect(reasons[code].sentence, code).toMatch(/^[A-Z].{10,140}\.$/);
});

test('no two reasons tell people the same (R1.5)', () => {
  expect(new Set(reasonCodes.map((code) => reasons[code].sentence)).size).toBe(reasonCodes.length);
});

test('unknown and inactive numbers are refused under reasons of their own, both with 486 (R1.5)', () => {
  for (const code of ['unknown_number', 'number_inactive'] as const) {
    expect(isRefusal(code)).toBe(true);
    expect(reasons[code].sip).toBe(486);
  }
});

test('a code from outside is a reason only if the catalogue has it itself (R1.8)', () => {
  expect(isReason('caller_hung_up')).toBe(true);
  expect(isReason('hung_up')).toBe(false);
  expect(isReason('toString')).toBe(false);
});
