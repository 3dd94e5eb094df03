import { expect, test } from 'vitest';
import { CallEnds } from '../../../agent/ends.ts';

test('the first end decides, and later ones change nothing (R1.8)', async () => {
  const ends = new CallEnds();
  ends.end('caller_silent');
  ends.end('room_closed');
  expect(ends.abandon('too late')).toEqual({ kind: 'ended', reason: 'caller_silent' });
  expect(await ends.first).toEqual({ kind: 'ended', reason: 'caller_silent' });
});

test('a call that turns out to be another’s is left to them, though its caller left in the meantime (R3.5)', async () => {
  const ends = new CallEnds();
  expect(ends.neverOurs('taken')).toEqual({ kind: 'not_ours', why: 'taken' });
  expect(ends.reached).toEqual({ kind: 'not_ours', why: 'taken' });
  const left = new CallEnds();
  left.callerWent();
  expect(left.neverOurs('taken')).toEqual({ kind: 'not_ours', why: 'taken' });
});

test('a call that something broke in is refused while it rings, and ends once it was answered (R1.8)', () => {
  const cause = new Error('why');
  expect(new CallEnds().broken(cause)).toEqual({ kind: 'ended', reason: 'agent_failed', cause });
  const answered = new CallEnds();
  answered.reach('answered');
  expect(answered.broken(cause)).toEqual({ kind: 'ended', reason: 'provider_failed', cause });
});

test('a caller who leaves gave up before the answer and hung up after it (R1.8)', () => {
  expect(new CallEnds().callerLeft()).toMatchObject({ reason: 'caller_gave_up' });
  const answering = new CallEnds();
  answering.reach('answering');
  expect(answering.callerLeft()).toMatchObject({ reason: 'caller_gave_up' });
  const answered = new CallEnds();
  answered.reach('answered');
  expect(answered.callerLeft()).toMatchObject({ reason: 'caller_hung_up' });
});

test('a provider that fails while it rings refuses the call, and from the answering on ends it (R4.2)', () => {
  const cause = new Error('401');
  expect(new CallEnds().providerFailed(cause)).toEqual({ kind: 'ended', reason: 'provider_unusable', cause });
  const answering = new CallEnds();
  answering.reach('answering');
  expect(answering.providerFailed(cause)).toEqual({ kind: 'ended', reason: 'provider_failed', cause });
});

test('a refusal keeps its problems and its cause (R2.2)', () => {
  const problems = [{ path: 'greeting', message: 'missing', layer: null }];
  const cause = new Error('why');
  const refused = new CallEnds().refuse({ outcome: 'refused', reason: 'config_invalid', problems, cause });
  expect(refused).toEqual({ kind: 'ended', reason: 'config_invalid', problems, cause });
});

test('whoever waits for a transfer goes on when it is decided, and at once when there is none (R4.3)', async () => {
  const ends = new CallEnds();
  await ends.transferDecided();
  let decide: () => void = () => undefined;
  const transfer = ends.whilePuttingThrough(
    () => new Promise<void>((_resolve, reject) => (decide = () => reject(new Error('lost')))),
  );
  const told: string[] = [];
  const waiting = ends.transferDecided().then(() => told.push('decided'));
  expect(ends.puttingThrough).toBe(true);
  await Promise.resolve();
  expect(told).toEqual([]);
  decide();
  await expect(transfer).rejects.toThrow('lost');
  await waiting;
  expect(ends.puttingThrough).toBe(false);
});
