import { Job, Room } from '@livekit/protocol';
import { expect, test } from 'vitest';
import { identify, identifyRefused } from '../../../agent/identify.ts';

const metadata = {
  v: 1,
  kind: 'call',
  tenant: 'harbor-pizza',
  session_id: '00000000-0000-4000-8000-000000000001',
  number_id: '00000000-0000-4000-8000-000000000002',
  called_number: '2001',
};
const job = (text: string) => new Job({ id: 'AJ_1', room: new Room({ name: 'call_2001_x' }), metadata: text });

test('a job of dispatch says whose call it is (R1.3)', () => {
  expect(identify(job(JSON.stringify(metadata)))).toMatchObject({
    outcome: 'identified',
    identity: { tenant: 'harbor-pizza', calledNumber: '2001', room: 'call_2001_x' },
  });
});

test.each([
  ['', 'job metadata'],
  ['{', 'job metadata'],
  [JSON.stringify({ ...metadata, tenant: 'a b' }), 'tenant'],
  [JSON.stringify({ ...metadata, v: 2 }), 'v:'],
  [JSON.stringify({ ...metadata, session_id: '1' }), 'session_id'],
])('metadata %s is not guessed at (R1.3)', (text, problem) => {
  expect(identify(job(text))).toMatchObject({ outcome: 'unreadable', problem: expect.stringContaining(problem) });
});

test('a job without a room, and an assignment without a job, are no calls (R1.3)', () => {
  expect(identify(new Job({ metadata: JSON.stringify(metadata) })).outcome).toBe('unreadable');
  expect(identify(undefined).outcome).toBe('unreadable');
});

test('a job of a refused caller is no call, and says what they get (R3.4)', () => {
  const { session_id: _none, ...common } = metadata;
  const answer = { action: 'message', reason: 'outside_hours', refusal_id: 7, language: 'it', audio_url: null };
  const refusal = job(JSON.stringify({ ...common, kind: 'refusal', answer }));
  expect(identify(refusal).outcome).toBe('unreadable');
  expect(identifyRefused(refusal)).toMatchObject({ tenant: 'harbor-pizza', room: 'call_2001_x', answer });
  // Of dispatches of another version: what they leave out, or know besides, keeps nobody from being told.
  for (const reason of [undefined, 'a_reason_of_tomorrow']) {
    const told = job(JSON.stringify({ ...common, kind: 'refusal', answer: { ...answer, reason } }));
    expect(identifyRefused(told)?.answer).toEqual({ ...answer, reason: undefined });
  }
  for (const other of [metadata, { ...common, kind: 'refusal', answer: { action: 'busy' } }, {}])
    expect(identifyRefused(job(JSON.stringify(other)))).toBeUndefined();
});
