import { expect, test } from 'vitest';
import { DeadlinePassed, withDeadline } from '../../../shared/faults.ts';
import { Releases } from '../../../shared/lifecycle.ts';

test('what was opened last is closed first, and once (R6.3)', async () => {
  const closed: string[] = [];
  const releases = new Releases();
  releases.add('server', () => void closed.push('server'));
  releases.add('database', async () => void closed.push('database'));
  await releases.close();
  await releases.close();
  expect(closed).toEqual(['database', 'server']);
});

test('a release that fails or hangs keeps no other from running, and all are named (R6.3)', async () => {
  const closed: string[] = [];
  const releases = new Releases();
  releases.add('first', () => void closed.push('first'));
  releases.add('broken', () => {
    throw new Error('no');
  });
  releases.add('stuck', () => new Promise<void>(() => undefined), 5);
  await expect(releases.close()).rejects.toThrow('could not close stuck; could not close broken');
  expect(closed).toEqual(['first']);
});

test('work that takes too long is given up with its name and its time (R6.3)', async () => {
  const never = new Promise<void>(() => undefined);
  await expect(withDeadline('connecting', 5, never)).rejects.toThrow(new DeadlinePassed('connecting', 5));
  await expect(withDeadline('connecting', 1000, Promise.resolve('up'))).resolves.toBe('up');
});
