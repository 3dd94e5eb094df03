import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { Adoption } from '../../../agent/adopt.ts';
import { handOver, takeCall, takeLater } from '../../../agent/claim.ts';
import { CallEnds } from '../../../agent/ends.ts';
import type { CallIdentity } from '../../../agent/identify.ts';
import type { Call } from '../../../agent/open-call.ts';
import { DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { numberIdSchema, roomNameSchema, sessionIdSchema, tenantKeySchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const taken = { taken: true, reason: null, resumed: null, openProviders: [] };
const away = new DatabaseAway('no answer');

const known: CallIdentity = {
  session,
  tenant: tenantKeySchema.parse('harbor-pizza'),
  number: numberIdSchema.parse('00000000-0000-4000-8000-000000000002'),
  calledNumber: '2001',
  room: roomNameSchema.parse('call_2001_x'),
};
const admitted = {
  caller_number: '+39061234567',
  sip_call_id: 'a@b',
  sip_from_tag: 'tag',
  admitted_at: '2026-11-20T23:59:00Z',
};

let identity: CallIdentity;
let ends: CallEnds;
let asked: string[];
let told: object[];
let held: Set<string>;
let answers: (object | Error)[];
beforeEach(() => {
  ends = new CallEnds();
  asked = [];
  told = [];
  held = new Set();
  identity = known;
});

/** A call whose database gives these answers, one after the other. */
function callWith(...given: (object | Error)[]): Call {
  answers = given;
  const row = async (name: string, args: object) => {
    asked.push(name);
    told.push(args);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? away;
    return answer;
  };
  const notes = { soon: () => void asked.push('notes.soon'), flush: async () => void asked.push('notes.flush') };
  const leases = { took: () => void held.add(session), dropped: () => void held.delete(session) };
  const platform = {
    database: { row },
    worker: 'shard-1',
    notes,
    leases,
    clock: { now: () => Date.UTC(2026, 10, 21) },
  };
  const room = { leave: async () => void asked.push('room.leave') };
  const record = { continueFrom: () => undefined };
  const adoption = new Adoption(identity);
  const log = pino({ level: 'silent' });
  return { identity, platform, ends, adoption, room, record, log } as unknown as Call;
}

describe('a call that was answered while the database was away', () => {
  test('is taken as soon as it can be, and marked as answered when the caller hears us by then (R1.8)', async () => {
    ends.reach('answered');
    await takeLater(callWith(away, away, taken, { answered: true }));
    expect(asked).toEqual(['take_call', 'take_call', 'take_call', 'notes.soon', 'answer_call']);
    expect(ends.reached).toBeUndefined();
  });

  test('is marked by its own answer, when it is still ringing (R1.8)', async () => {
    await takeLater(callWith(taken));
    expect(asked).toEqual(['take_call', 'notes.soon']);
  });

  test('is left at once when it is another shard’s, or over (R1.6)', async () => {
    ends.reach('answered');
    await takeLater(callWith(away, { taken: false, reason: 'no_worker' }));
    expect(ends.reached).toEqual({ kind: 'not_ours', why: 'no_worker' });
  });

  test('is not taken any more once it has ended (R1.8)', async () => {
    const call = callWith(away, away, away, away, away, away);
    const later = takeLater(call);
    ends.end('caller_hung_up');
    await later;
    expect(asked).toEqual(['take_call']);
  });

  test('goes on when the database answers with an error: its lease is renewed all the same (R1.8)', async () => {
    await takeLater(callWith(new DatabaseFault('another shape')));
    expect(ends.reached).toBeUndefined();
  });
});

describe('a call that was admitted while the database was away', () => {
  beforeEach(() => {
    identity = { ...known, offline: admitted };
  });

  test('is answered without being taken, and enters the books as soon as there are any (R1.8)', async () => {
    const call = callWith(away, { adopted: true, reason: null }, { answered: true });
    expect(await takeCall(call)).toMatchObject({ outcome: 'away' });
    expect([asked, held.size]).toEqual([[], 0]);
    await takeLater(call);
    expect(asked).toEqual(['adopt_call', 'adopt_call', 'notes.soon']);
    expect(told.at(-1)).toEqual({
      p_session_id: session,
      p_worker: 'shard-1',
      p_call: {
        tenant: 'harbor-pizza',
        number_id: known.number,
        called_number: '2001',
        room: 'call_2001_x',
        ...admitted,
        answered_at: null,
      },
    });
    expect(call.adoption.owed).toBeUndefined();
    expect(held).toEqual(new Set([session]));
  });

  test('tells when it was answered, also when it ends before the database is back (R1.8)', () => {
    const call = callWith();
    call.adoption.answered(Date.UTC(2026, 10, 21));
    call.adoption.answered(Date.UTC(2026, 10, 22));
    expect(call.adoption.owed).toMatchObject({ answered_at: '2026-11-21T00:00:00.000Z' });
  });

  test('ends when the number is not that business’s any more (R1.6, R1.8)', async () => {
    ends.reach('answered');
    await takeLater(callWith({ adopted: false, reason: 'tenant_mismatch' }));
    expect(ends.reached).toMatchObject({ kind: 'ended', reason: 'switched_off' });
  });
});

describe('a call that goes on at another shard', () => {
  test('was answered, whatever comes next: a caller who leaves now has hung up (R3.5)', async () => {
    const resumed = { turns: [], answeredMsAgo: 30_000 };
    expect(await takeCall(callWith({ ...taken, resumed }))).toMatchObject({ outcome: 'ours', earlier: resumed });
    expect(ends.callerLeft()).toMatchObject({ reason: 'caller_hung_up' });
  });

  test('does not become a refusal for want of a key, and another shard may try to join (R3.5)', async () => {
    await takeCall(callWith({ ...taken, resumed: { turns: [], answeredMsAgo: 30_000 } }));
    expect(ends.refuse({ outcome: 'refused', reason: 'provider_key_missing' })).toMatchObject({
      reason: 'provider_failed',
    });
    const other = new CallEnds();
    other.reach('answered');
    expect(other.notJoined(new Error('no way in'))).toEqual({ kind: 'handed_over', why: 'no way in' });
    expect(new CallEnds().notJoined(new Error('no way in'))).toMatchObject({ reason: 'agent_failed' });
  });

  test('is given back once its room is left and its last words are noted (R3.5)', async () => {
    const call = callWith(taken, { released: true });
    await takeCall(call);
    asked = [];
    await handOver(call);
    expect(held.size).toBe(0);
    expect(asked).toEqual(['room.leave', 'notes.flush', 'release_call']);
  });

  test('is left to its lease when the database cannot be told (R1.8)', async () => {
    await expect(handOver(callWith(away))).resolves.toBeUndefined();
  });
});
