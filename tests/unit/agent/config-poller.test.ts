import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ConfigNews, ConfigPoller, pollEveryMs } from '../../../agent/config-poller.ts';
import type { ConfigChange } from '../../../shared/contracts.ts';
import { DatabaseAway } from '../../../shared/db.ts';
import { pizza } from './number-rows.ts';

let news: ConfigNews[];
let asked: (number | null)[];
let answer: () => Promise<readonly ConfigChange[]>;
let lines: string[];
let poller: ConfigPoller;

beforeEach(() => {
  vi.useFakeTimers();
  [news, asked, lines] = [[], [], []];
  answer = async () => [{ tenant: null, revision: 5 }];
  const log = pino(new Writable({ write: (line, _encoding, done) => done(void lines.push(String(line))) }));
  const changes = (since: number | null) => {
    asked.push(since);
    return answer();
  };
  poller = new ConfigPoller({ source: { changes }, log, onNews: (each) => news.push(each) });
});
afterEach(() => {
  poller.close();
  vi.useRealTimers();
});

const polls = (count: number) => vi.advanceTimersByTimeAsync(count * pollEveryMs);
const messages = () => lines.map((line) => JSON.parse(line).msg);

describe('the question what changed', () => {
  test('begins with the newest change, and what was read before that may be out of date (R2.3)', async () => {
    await polls(0);
    expect([asked, news]).toEqual([[null], ['unknown']]);
  });

  test('is asked for what came since the last answer, and says also that nothing did (R2.3)', async () => {
    await polls(0);
    answer = async () => [{ tenant: pizza, revision: 7 }];
    await polls(1);
    answer = async () => [];
    await polls(2);
    expect(asked).toEqual([null, 5, 7, 7]);
    expect(news).toEqual(['unknown', [{ tenant: pizza, revision: 7 }], [], []]);
  });

  test('a count that goes back, after a backup was restored, makes everything unknown (R2.3)', async () => {
    await polls(0);
    answer = async () => [{ tenant: null, revision: 2 }];
    await polls(1);
    answer = async () => [];
    await polls(1);
    expect([asked, news]).toEqual([
      [null, 5, 2],
      ['unknown', 'unknown', []],
    ]);
  });

  test('an answer that is slow is waited for, not asked for again (R2.3)', async () => {
    await polls(0);
    answer = () => new Promise(() => undefined);
    await polls(5);
    expect(asked).toHaveLength(2);
  });

  test('with the database away nothing is passed on, nothing is missed, and the log says it once (R2.3)', async () => {
    await polls(0);
    answer = () => Promise.reject(new DatabaseAway('no answer'));
    await polls(4);
    expect(news).toEqual(['unknown']);
    answer = async () => [{ tenant: pizza, revision: 9 }];
    await polls(1);
    expect(asked.at(-1)).toBe(5);
    expect(news.at(-1)).toEqual([{ tenant: pizza, revision: 9 }]);
    expect(messages()).toEqual([
      'configurations changed',
      'nobody says whether configurations change',
      'changes of configurations are heard of again',
      'configurations changed',
    ]);
  });
});
