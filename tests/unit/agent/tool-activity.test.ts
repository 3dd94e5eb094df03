import { expect, test } from 'vitest';
import { ToolActivity } from '../../../agent/tool-activity.ts';

test('a tool at work is seen from the first one’s beginning to the last one’s end, also when one fails (R4.2)', async () => {
  const activity = new ToolActivity();
  const seen: boolean[] = [];
  const stop = activity.onChange((busy) => seen.push(busy));
  const [first, second] = [deferred(), deferred()];
  const works = [activity.during(() => first.promise), activity.during(() => second.promise)];
  expect(activity.busy).toBe(true);
  first.resolve('done');
  await works[0];
  expect(seen).toEqual([true]);
  second.reject(new Error('failed'));
  await expect(works[1]).rejects.toThrow('failed');
  expect(activity.busy).toBe(false);
  stop();
  await activity.during(async () => undefined);
  expect(seen).toEqual([true, false]);
});

/** Node 20 has no Promise.withResolvers. */
function deferred() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (cause: Error) => void = () => undefined;
  const promise = new Promise<string>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
