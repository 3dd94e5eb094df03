import { pino } from 'pino';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Adoption } from '../../../agent/adopt.ts';
import { handOver, takeCall, takeLater } from '../../../agent/claim.ts';
import { CallEnds } from '../../../agent/ends.ts';
import type { CallIdentity } from '../../../agent/identify.ts';
import { Leases, type WorkerStatus } from '../../../agent/leases.ts';
import type { Call } from '../../../agent/open-call.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { numberIdSchema, roomNameSchema, sessionIdSchema, tenantKeySchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const taken = { taken: true, reason: null, resumed: null, openProviders: [] };
const away = new DatabaseAway('no answer');
const log = pino({ level: 'silent' });

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
let leases: Leases;
let renewed: readonly string[];
let answers: (object | Error | Promise<object>)[];
beforeEach(() => {
  ends = new CallEnds();
  asked = [];
  told = [];
  renewed = [];
  leases = newLeases();
  identity = known;
});

function newLeases(): Leases {
  const rows = async (_name: string, { p_session_ids }: { p_session_ids: string[] }) => {
    renewed = p_session_ids;
    return [];
  };
  const clock = { now: () => 0, monotonicMs: () => 0 };
  return new Leases({ worker: 'shard-1', database: { rows } as unknown as Database, clock, log });
}

/** The calls that this worker renews. */
async function held(): Promise<readonly string[]> {
  await leases.open(() => ({}) as WorkerStatus);
  await leases.close();
  return renewed;
}

/** A call whose database gives these answers, one after the other. */
function callWith(...given: typeof answers): Call {
  answers = given;
  return newRun();
}

function deferred() {
  let resolve: (answer: object) => void = () => undefined;
  const promise = new Promise<object>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** The same call, when it comes here again. */
function newRun(): Call {
  const row = async (name: string, args: object) => {
    asked.push(name);
    told.push(args);
    const answer = await (answers.shift() ?? away);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const notes = { soon: () => void asked.push('notes.soon'), flush: async () => void asked.push('notes.flush') };
  const platform = {
    database: { row },
    worker: 'shard-1',
    notes,
    leases,
    clock: { now: () => Date.UTC(2026, 10, 21) },
  };
  const room = { leave: async () => void asked.push('room.leave') };
  const record = { continueFrom: () => undefined, complete: async () => void asked.push('record.complete') };
  const adoption = new Adoption(identity);
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
    expect(await held()).toEqual([session]);
  });

  test.each([
    ['that it is this worker’s', taken],
    ['with an error', new DatabaseFault('another shape')],
  ])('is renewed by nobody when it ended before the database answered %s (R1.8)', async (_what, answer) => {
    const answered = deferred();
    const call = callWith(answered.promise);
    const later = takeLater(call);
    ends.end('caller_hung_up');
    leases.dropped(call);
    answered.resolve(answer);
    await later;
    expect(await held()).toEqual([]);
    expect(asked).toEqual(['take_call']);
  });
});

describe('a call that was admitted while the database was away', () => {
  beforeEach(() => {
    identity = { ...known, offline: admitted };
  });

  test('is answered without being taken, and enters the books as soon as there are any (R1.8)', async () => {
    const call = callWith(away, { adopted: true, reason: null }, { answered: true });
    expect(await takeCall(call)).toMatchObject({ outcome: 'away' });
    expect([asked, await held()]).toEqual([[], []]);
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
    expect(await held()).toEqual([session]);
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

  test('is given back once what was being said broke off, its room is left and its last words are noted (R3.5)', async () => {
    const call = callWith(taken, { released: true });
    await takeCall(call);
    asked = [];
    await handOver(call);
    expect(await held()).toEqual([]);
    expect(asked).toEqual(['record.complete', 'room.leave', 'notes.flush', 'release_call']);
  });

  test('is given back although its conversation does not end and its room cannot be left (R3.5)', async () => {
    vi.useFakeTimers();
    const call = callWith(taken, { released: true });
    await takeCall(call);
    const stuck = { complete: () => new Promise<void>(() => undefined) };
    const handed = handOver({
      ...call,
      record: stuck,
      room: { leave: async () => Promise.reject(new Error('stuck')) },
    } as unknown as Call);
    await vi.advanceTimersByTimeAsync(1_000);
    await handed;
    vi.useRealTimers();
    expect(asked.at(-1)).toBe('release_call');
  });

  test('is left to its lease when the database cannot be told (R1.8)', async () => {
    await expect(handOver(callWith(away))).resolves.toBeUndefined();
  });
});

describe('a call that comes back to the shard that hands it over', () => {
  test('is not given away by the run that lost it (R3.5)', async () => {
    const lost = callWith(taken, taken);
    await takeCall(lost);
    lost.ends.handOver('sent out of the room');
    ends = new CallEnds();
    await takeCall(newRun());
    await handOver(lost);
    expect(asked.filter((name) => name === 'release_call')).toEqual([]);
    expect(await held()).toEqual([session]);
  });

  test('is not given away either while the database is being asked for it (R3.5)', async () => {
    const answered = deferred();
    const lost = callWith(taken, answered.promise);
    await takeCall(lost);
    lost.ends.handOver('sent out of the room');
    ends = new CallEnds();
    const takes = takeCall(newRun());
    await handOver(lost);
    answered.resolve(taken);
    expect(await takes).toMatchObject({ outcome: 'ours' });
    expect(asked.filter((name) => name === 'release_call')).toEqual([]);
    expect(await held()).toEqual([session]);
  });
});
