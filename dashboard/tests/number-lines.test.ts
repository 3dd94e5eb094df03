import { expect, test } from 'vitest';
import { readLines, toNumber } from '../src/pages/platform/number-lines.ts';

test('numbers that are pasted are read with label and limit, however they are separated (R5.2)', () => {
  const lines = readLines(
    'number,label,limit\n+39 06 1234567, Front desk, 2\n2801;"Till, left";\n\n00390687654321\t\t4\r\n',
  );
  expect(lines.map((line) => [line.line, toNumber(line, undefined), line.problem])).toEqual([
    [2, { phoneNumber: '+39061234567', label: 'Front desk', maxConcurrentCalls: 2 }, undefined],
    [3, { phoneNumber: '2801', label: 'Till, left' }, undefined],
    [5, { phoneNumber: '+390687654321', maxConcurrentCalls: 4 }, undefined],
  ]);
});

test.each([
  ['pizza', 'wrong number'],
  ['+0123456789', 'wrong number'],
  ['2801, x, many', 'wrong limit'],
  ['2801, x, 10001', 'wrong limit'],
  [`2801, ${'x'.repeat(121)}`, 'wrong label'],
])('the line %s is marked: %s (R5.2)', (line, kind) => {
  expect(readLines(line)[0]?.problem).toEqual({ kind });
});

test('a number that stands twice is marked with the line in which it stood first (R5.2)', () => {
  expect(readLines('2801\n2802\n28 01').map(({ problem }) => problem)).toEqual([
    undefined,
    undefined,
    { kind: 'twice', line: 1 },
  ]);
});
