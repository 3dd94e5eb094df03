import { APIConnectionError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { failureOf, reportTo } from '../../../agent/provider-report.ts';
import type { CallRecorder } from '../../../agent/record.ts';
import { type Database, DatabaseAway } from '../../../shared/db.ts';
import { sessionIdSchema } from '../../../shared/ids.ts';

const status = (statusCode: number, body: object = {}) =>
  new APIStatusError({ message: 'x', options: { statusCode, body } });

test.each([
  ['bad_key', status(401)],
  ['bad_key', status(403)],
  ['bad_key', new Error('Unexpected server response: 401')],
  ['quota', status(402)],
  ['quota', status(429, { code: 'insufficient_quota' })],
  ['unavailable', status(429)],
  ['unavailable', status(500)],
  ['unavailable', status(503)],
  ['unavailable', new APIConnectionError({ message: 'cut' })],
  ['timeout', new APITimeoutError({})],
  ['other', status(404)],
  ['other', new Error('the caller speaks and no transcript comes')],
])('breakers are told %s (R4.2)', (failure, error) => {
  expect(failureOf(error)).toBe(failure);
});

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
let told: unknown[][];
let failed: string[];
let answer: Promise<unknown>;
beforeEach(() => {
  told = [];
  failed = [];
  answer = Promise.resolve({ noted: true });
});

function report() {
  const row = ((...asked: unknown[]) => {
    told.push(asked.slice(0, 2));
    return answer;
  }) as Database['row'];
  const database: Database = { row, rows: () => Promise.reject(new Error('not asked here')) };
  const record = {
    noteFailed: (provider: string, telling: boolean) => void failed.push(`${provider} ${telling}`),
  } as unknown as CallRecorder;
  return reportTo({
    identity: { session },
    platform: { database, worker: 'shard-1' },
    record,
    log: pino({ level: 'silent' }),
  });
}

describe('a provider that fails in a call', () => {
  test('is told of once, and again when nobody is left behind it (R4.2)', () => {
    const providerFailed = report();
    providerFailed('openai', status(500), 'others');
    providerFailed('openai', status(502), 'others');
    providerFailed('openai', status(500), 'nobody');
    const args = { p_session_id: session, p_worker: 'shard-1', p_provider: 'openai', p_failure: 'unavailable' };
    expect(told).toEqual([
      ['report_provider', { ...args, p_fatal: false }],
      ['report_provider', { ...args, p_fatal: true }],
    ]);
    expect(failed).toContain('openai true');
  });

  test('is told once more when the database did not hear it (R4.2)', async () => {
    answer = Promise.reject(new DatabaseAway('no answer'));
    report()('openai', status(401), 'nobody');
    await expect(answer).rejects.toThrow();
    answer = Promise.resolve({ noted: true });
    await expect.poll(() => told.length).toBe(2);
    expect(told[1]).toEqual(told[0]);
  });

  test('disturbs no call when the database is away: its record tells it later (R1.8, R4.2)', async () => {
    answer = Promise.reject(new DatabaseAway('no answer'));
    expect(() => report()('openai', status(401), 'nobody')).not.toThrow();
    await expect(answer).rejects.toThrow();
    expect(failed).toEqual(['openai true']);
  });
});
