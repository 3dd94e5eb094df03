import { expect, test } from 'vitest';
import { readTime, readWeek, writeWeek } from '../src/pages/numbers/editor/week.ts';

test.each([
  ['9', '09:00'],
  ['930', '09:30'],
  ['9.30', '09:30'],
  ['18h15', '18:15'],
  ['24:00', '24:00'],
  ['noon', 'noon'],
])('a person who writes %s means %s (R2.9)', (written, meant) => {
  expect(readTime(written)).toBe(meant);
});

test('a day that the number says lies over the same day of its agent, and a day that nobody says is closed (R2.9)', () => {
  const week = readWeek({ mon: [['09:00', '18:00']], tue: [['09:00', '12:00']] }, { tue: [] });
  expect([week.mon, week.tue, week.wed]).toEqual([[{ from: '09:00', to: '18:00' }], [], []]);
  expect(readWeek(writeWeek(week))).toEqual(week);
});
