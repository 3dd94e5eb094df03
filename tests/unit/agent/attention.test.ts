import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Attention } from '../../../agent/attention.ts';

let alarms = 0;
let attention: Attention;
beforeEach(() => {
  vi.useFakeTimers();
  alarms = 0;
  attention = new Attention(() => alarms++, { alone: true });
});
afterEach(() => {
  attention.close();
  vi.useRealTimers();
});

const speak = (ms: number) => {
  attention.caller('speaks');
  vi.advanceTimersByTime(ms);
  attention.caller('is quiet');
};

test('a caller who speaks and is not answered is noticed, once, also while still speaking (R4.2)', () => {
  speak(1_500);
  vi.advanceTimersByTime(5_000);
  expect(alarms).toBe(1);
  vi.advanceTimersByTime(60_000);
  expect(alarms).toBe(1);
  attention.caller('speaks');
  vi.advanceTimersByTime(6_000);
  expect(alarms).toBe(2);
});

test('a cough is no alarm, and pieces of speech add up only until an answer comes (R4.2)', () => {
  speak(400);
  vi.advanceTimersByTime(60_000);
  attention.answered();
  speak(700);
  vi.advanceTimersByTime(60_000);
  expect(alarms).toBe(0);
  speak(400);
  vi.advanceTimersByTime(5_000);
  expect(alarms).toBe(1);
});

test('an answer in time clears the alarm, and a caller who goes on speaking is watched anew (R4.2)', () => {
  attention.caller('speaks');
  vi.advanceTimersByTime(5_500);
  attention.answered();
  vi.advanceTimersByTime(5_500);
  expect(alarms).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(alarms).toBe(1);
});
