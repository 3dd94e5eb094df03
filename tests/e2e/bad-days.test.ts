/** Parts of the platform go away while people call; what is done to calls that are on is in faults.test.ts. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { Telephone } from '../../dev/phone/telephone.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { useStack } from '../support/stack.ts';
import { line, linesOf } from './logs.ts';

const platform = useStack({ shards: 1 });
const caller = '+441632960160';
const backDeadlineMs = 40_000;

describe('the database is away', () => {
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
  await stack.livekit.kill();
  await stack.livekit.revive();
  await registeredAgain(registered);
  await nextCallIsAnswered();
});

/** Connections stay open, nobody answers. @returns lets it go on */
function databaseAway(): () => void {
  const { supabase } = platform().stack;
  supabase?.freeze();
  const back = () => supabase?.thaw();
  onTestFinished(back);
  return back;
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
