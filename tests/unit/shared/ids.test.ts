import { expect, test } from 'vitest';
import { poolNameSchema, sessionIdSchema, tenantKeySchema } from '../../../shared/ids.ts';

test.each(['a', 'harbor-pizza', 'A_1', 'x'.repeat(128)])('%s names a tenant (R1.3)', (key) => {
  expect(tenantKeySchema.safeParse(key).success).toBe(true);
});

test.each(['', 'x'.repeat(129), 'two words', '../x', 'caffè', 'a\n'])('%j names no tenant (R1.3)', (key) => {
  expect(tenantKeySchema.safeParse(key).success).toBe(false);
});

test('a session id is a UUID and nothing else (R1.8)', () => {
  expect(sessionIdSchema.safeParse('0b9b6a0e-9d0c-4c5e-8b0e-3f8a2f6b1c11').success).toBe(true);
  expect(sessionIdSchema.safeParse('17').success).toBe(false);
});

test('a pool name is fit for an agent name (R3.7)', () => {
  expect(poolNameSchema.safeParse('switchboard').success).toBe(true);
  expect(poolNameSchema.safeParse('').success).toBe(false);
  expect(poolNameSchema.safeParse('Pool 1').success).toBe(false);
});
