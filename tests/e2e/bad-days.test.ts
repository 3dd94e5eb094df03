/** Parts of the platform go away while people call. */
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { sentencesIn } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { findLivekitServer } from '../../dev/setup/binaries.mjs';
import { answersHttp } from '../../dev/stack/http.ts';
import { startProcess } from '../../dev/stack/process.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { surroundings } from '../../dev/stack/surroundings.ts';
import { useStack } from '../support/stack.ts';
import { line, linesOf } from './logs.ts';

const platform = useStack({ shards: 1 });
const caller = '+441632960160';
const question = { text: 'What time do you close tonight?', language: 'en' } as const;
const answer = { text: 'The oven stays hot until eleven.', language: 'en' } as const;
const backDeadlineMs = 40_000;
const notYet = 'the call cannot be settled yet';
/** The server outlives the test that brought it back: later tests call through it. */
const stops: (() => Promise<void>)[] = [];
afterAll(async () => void (await Promise.all(stops.map((stop) => stop()))));

describe('the database is away', () => {
  test('in the middle of a call: the caller notices nothing, and the record is written when it is back (R1.8, R3.2)', async () => {
    const { stack, records } = platform();
    await platform().script({ rules: [{ match: { kind: 'chat' }, reply: answer.text }] });
    await using phone = await Telephone.dial(stack.sip, '2001', caller);
    expect(await phone.answer()).toBe(200);
    await phone.untilQuiet();
    const back = databaseAway();
    await phone.untilQuiet(await phone.say(question));
    expect((await sentencesIn(phone.recording(), [answer])).at(-1)).toBe(answer.text);
    phone.call.hangUp();
    await line(stack, 'agent', 'that it cannot settle', ({ call, msg }) => call === phone.callId && msg === notYet);
    back();
    expect(await records.of(phone.callId)).toMatchObject({
      endReason: 'caller_hung_up',
      transcript: [{ role: 'agent' }, { role: 'caller', text: question.text }, { role: 'agent', text: answer.text }],
    });
  });

  test('when a call comes in: the caller hears busy, the log says why, and the next caller is answered (R3.2, R3.4)', async () => {
    const { stack } = platform();
    const back = databaseAway();
    await using phone = await Telephone.dial(stack.sip, '2001', caller);
    expect(await phone.answer()).toBe(486);
    const refused = await line(
      stack,
      'dispatch',
      'the refusal',
      ({ call, reason }) => call === phone.callId && !!reason,
    );
    expect(refused).toMatchObject({ msg: 'call refused', reason: 'database_away' });
    back();
    await nextCallIsAnswered();
    // What the database was asked before is done late: that slot must not stay taken.
    await expect.poll(() => new Rows(stack.database).read('active_calls'), { timeout: backDeadlineMs }).toEqual([]);
  });
});

test('LiveKit dies and comes back on the same ports: the next caller is answered (R3.5)', async () => {
  const { stack } = platform();
  const registered = linesOf(stack, 'agent').filter(({ msg }) => msg === 'registered').length;
  await stack.livekit.close();
  await livekitAgain();
  await registeredAgain(registered);
  await nextCallIsAnswered();
});

test('a shard is killed in mid-call: its caller is let go, another shard comes up and answers the next one (R3.2, R3.5)', async () => {
  const { stack, records } = platform();
  const lines = linesOf(stack, 'agent');
  const registered = lines.filter(({ msg }) => msg === 'registered').length;
  await using phone = await Telephone.dial(stack.sip, '2001', caller);
  expect(await phone.answer()).toBe(200);
  await phone.untilSpokenTo();
  const shardPid = Number(lines.findLast(({ msg }) => msg === 'shard started')?.['shardPid']);
  process.kill(shardPid, 'SIGKILL');
  await registeredAgain(registered);
  await nextCallIsAnswered();
  expect(await phone.ended()).toBe('called');
  expect(await records.of(phone.callId)).toMatchObject({ outcome: 'settled', endReason: 'worker_lost' });
  const [lost] = await new Rows(stack.database).read('sessions', { sip_call_id: phone.callId });
  const ended = await line(stack, 'dispatch', 'the end of the lost call', ({ msg, session }) => {
    return msg === 'lost call ended' && session === lost?.['id'];
  });
  expect(ended).toMatchObject({ reason: 'worker_lost', state: 'active' });
});

/** Stops the database where it stands: connections open, no answers. @returns lets it go on */
function databaseAway(): () => void {
  const pid = Number(linesOf(platform().stack, 'supabase')[0]?.['pid']);
  process.kill(pid, 'SIGSTOP');
  const back = () => process.kill(pid, 'SIGCONT');
  onTestFinished(() => void back());
  return back;
}

/** livekit-server as the stack had started it: same ports, same keys. */
async function livekitAgain(): Promise<void> {
  const { runDir, livekit } = platform().stack;
  const server = await startProcess({
    name: 'livekit-server',
    command: findLivekitServer(surroundings) ?? '',
    args: ['--config', join(runDir, 'livekit.yaml')],
    runDir,
  });
  stops.push(() => server.close());
  await server.until('an answer', backDeadlineMs, () => answersHttp(livekit.httpUrl));
}

async function registeredAgain(before: number): Promise<void> {
  const count = () => linesOf(platform().stack, 'agent').filter(({ msg }) => msg === 'registered').length;
  await expect.poll(count, { timeout: backDeadlineMs }).toBeGreaterThan(before);
}

async function nextCallIsAnswered(): Promise<void> {
  const { stack, records } = platform();
  await using phone = await Telephone.dial(stack.sip, '2001', '+441632960169');
  expect(await phone.answer()).toBe(200);
  await phone.untilSpokenTo();
  phone.call.hangUp();
  expect(await records.of(phone.callId)).toMatchObject({ outcome: 'settled', endReason: 'caller_hung_up' });
}
