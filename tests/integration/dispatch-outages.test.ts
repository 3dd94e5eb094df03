import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { Operations } from '../../dispatch/operations.ts';
import { patience } from '../../dispatch/parts.ts';
import { openDatabase } from '../../shared/db.ts';
import { poolNameSchema } from '../../shared/ids.ts';
import { jobMetadataSchema } from '../../shared/jobs.ts';
import { Holder } from '../sql/holder.ts';
import { Cable } from './dispatch-cable.ts';
import { gateAfter } from './dispatch-gate.ts';
import { type LogLine, type Replica, World } from './dispatch-world.ts';

let world: World;
let toLivekit: Cable;
let toDatabase: Cable;
let replica: Replica;
beforeAll(async () => {
  world = await World.start();
  toLivekit = await Cable.to(world.livekit.url);
  toDatabase = await Cable.to(world.supabase.url);
  replica = await world.startReplica({ livekit: livekitByCable(), database: databaseByCable() });
});
afterAll(async () => {
  await world.close();
  await toLivekit.pull();
  await toDatabase.pull();
});

describe('when dispatch starts before what it needs', () => {
  test('it is alive, says what it cannot reach, and is ready once that is there (R6.3)', async () => {
    expect((await fetch(`${replica.url}/healthz`)).status).toBe(200);
    await readiness({ livekit: false, database: false });
    await toDatabase.plug();
    await readiness({ livekit: false, database: true });
    await toLivekit.plug();
    await readiness({ livekit: true, database: true });
    const said = () => world.log.map((line) => line['msg']);
    await waitFor(() => said().includes('ready'), { what: 'the log line "ready"', deadlineMs: 10_000 });
    expect(said()).toContain('not ready, trying again');
  });
});

describe('when the database goes away', () => {
  test('a call that is on goes on, and a new one hears busy until it is back (R1.5)', async () => {
    const first = await world.call({ called: '2001' });
    await world.answer(first.room);
    await world.logged('agent joined', first.room);

    await toDatabase.pull();
    const second = await world.call({ called: '2001' });
    expect(await second.putOut()).toBe('ROOM_DELETED');
    expect(await world.logged('call refused', second.room)).toMatchObject({ reason: 'database_away' });
    expect(await world.jobs(second.room)).toEqual([]);
    expect(first.isIn).toBe(true);

    await toDatabase.plug();
    const third = await world.call({ called: '2001' });
    await world.answer(third.room);
    await world.logged('agent joined', third.room);
    expect(first.isIn).toBe(true);
    await Promise.all([first.leave(), third.leave()]);
  });
});

describe('when the database goes away and the owner lets known numbers in', () => {
  beforeEach(async () => {
    for (const cable of [toLivekit, toDatabase]) {
      await cable.pull();
      await cable.plug();
    }
  });

  test('each goes to its own pool, up to its own lines, and nobody else is let in (R3.1 R3.7)', async () => {
    await replica.close();
    await using knowing = await world.startReplica({
      livekit: livekitByCable(),
      database: databaseByCable(),
      withoutDatabase: 'admit-known',
    });
    await using _other = await world.startReplica({ database: databaseByCable(), withoutDatabase: 'admit-known' });
    await world.update('sip_numbers', { phone_number: 'eq.2002' }, { max_concurrent_calls: 1 });
    await learn('2001');
    await pinToGold('studio-bianchi');
    await learn('+390612345678');
    const first = await world.call({ called: '2002' });
    await world.answer(first.room);
    await world.logged('call answered', first.room);
    await world.update('sip_numbers', { phone_number: 'eq.2001' }, { active: false });
    await refusedFor('number_inactive', '2001');

    await toDatabase.pull();
    await refusedFor('database_away', '2001');
    await refusedFor('database_away', '2999');
    await refusedFor('number_busy', '2002');

    const known = await world.call({ called: '+390612345678' });
    const job = jobMetadataSchema.parse(await jobOf('gold', known.room));
    expect(job).toMatchObject({ kind: 'call', tenant: 'studio-bianchi', called_number: '+390612345678' });
    expect(job).toMatchObject({ offline: { sip_call_id: known.callId, sip_from_tag: known.fromTag } });
    await (await world.joinAsAgent(known.room)).publish();
    await world.logged('call answered', known.room);
    expect(await dispatchesTo('gold', known.room)).toHaveLength(1);
    expect(world.log.filter(isAdmissionOf(known.room))).toHaveLength(1);

    await first.leave();
    const next = await world.call({ called: '2002' });
    await world.answer(next.room);
    await world.logged('call answered', next.room);
    expect(await countsOf(knowing.url)).toMatchObject({ refused: expect.any(Number) });

    await toDatabase.plug();
    await world.update('sip_numbers', { phone_number: 'eq.2001' }, { active: true });
    await world.update('sip_numbers', { phone_number: 'eq.2002' }, { max_concurrent_calls: 5 });
    await Promise.all([known.leave(), next.leave()]);
  });

  test('a caller for whom no agent comes hears busy, and nothing of it is left (R3.2)', async () => {
    await using _knowing = await world.startReplica({
      database: databaseByCable(),
      withoutDatabase: 'admit-known',
      patience: { ...patience, agentMs: 300, placeUntilMs: 500 },
    });
    await learn('2001');
    await toDatabase.pull();
    const caller = await world.call({ called: '2001' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await world.logged('call admitted without the database', caller.room)).toMatchObject({
      tenant: 'harbor-pizza',
    });
    await toDatabase.plug();
    expect(await world.rows('sessions', { sip_call_id: `eq.${caller.callId}` })).toEqual([]);
    expect(await world.rows('active_calls', { room: `eq.${caller.room}` })).toEqual([]);
  });
});

describe('when LiveKit does not take requests', () => {
  test('a call that was admitted is placed as soon as it does again (R3.2)', async () => {
    const gate = gateAfter('admit_call', databaseByCable());
    await using _replica = await world.startReplica({ livekit: livekitByCable(), database: gate.database });
    const caller = await world.call({ called: '2001' });
    await gate.reached;
    await toLivekit.pull();
    gate.open();
    await world.logged('call could not be placed', caller.room);
    await toLivekit.plug();
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    expect(await world.jobs(caller.room)).toHaveLength(1);
    await caller.leave();
  });
});

function livekitByCable() {
  return { ...world.livekit, url: toLivekit.url, deadlineMs: 2000 };
}

function databaseByCable() {
  const { anonKey, dispatchToken } = world.supabase;
  return openDatabase({ url: toDatabase.url, anonKey, token: dispatchToken, deadlineMs: 2000 });
}

/** Has the replicas admit a call of the number while the database is there. */
async function learn(called: string): Promise<void> {
  const caller = await world.call({ called });
  await world.logged('call placed', caller.room);
  await caller.leave();
  await world.posted('participant_left', caller.room);
}

async function refusedFor(reason: string, called: string): Promise<void> {
  const caller = await world.call({ called });
  expect(await caller.putOut()).toBe('ROOM_DELETED');
  const reasons = world.log.filter((line) => line['room'] === caller.room).map((line) => line['reason']);
  expect(reasons).toContain(reason);
  expect(await world.jobs(caller.room)).toEqual([]);
}

async function pinToGold(tenant: string): Promise<void> {
  const { url, anonKey, operatorToken, agentToken } = world.supabase;
  const open = (token: string) => openDatabase({ url, anonKey, token, deadlineMs: 5000 });
  const status = { pool: 'gold', version: '1', capacity: 5, calls: 0, load: 0, draining: false };
  await new Holder(open(agentToken), 'host-g/1').verdicts([], status);
  expect(await new Operations(open(operatorToken)).pinPool(tenant, poolNameSchema.parse('gold'))).toBe(true);
}

async function dispatchesTo(pool: string, room: string) {
  const { httpUrl, apiKey, apiSecret } = world.livekit;
  const dispatches = await new AgentDispatchClient(httpUrl, apiKey, apiSecret).listDispatch(room);
  return dispatches.filter(({ agentName }) => agentName === pool);
}

async function jobOf(pool: string, room: string): Promise<unknown> {
  const first = async () => (await dispatchesTo(pool, room))[0];
  const { metadata } = await waitFor(first, { what: `a job of ${pool} in ${room}`, deadlineMs: 15_000 });
  return JSON.parse(metadata);
}

function isAdmissionOf(room: string) {
  return (line: LogLine) => line['room'] === room && line['msg'] === 'call admitted without the database';
}

async function countsOf(url: string): Promise<unknown> {
  const { withoutDatabase } = (await (await fetch(`${url}/healthz`)).json()) as { withoutDatabase: unknown };
  return withoutDatabase;
}

/** Waits until /readyz says of each part whether it is reachable. */
async function readiness(wanted: { livekit: boolean; database: boolean }): Promise<void> {
  const agrees = async () => {
    const response = await fetch(`${replica.url}/readyz`);
    const { livekit, database } = (await response.json()) as { livekit: string; database: string };
    const reachable = { livekit: livekit === 'reachable', database: database === 'reachable' };
    // Whoever asks this to choose a replica would have none left.
    expect(response.status).toBe(200);
    return reachable.livekit === wanted.livekit && reachable.database === wanted.database;
  };
  await waitFor(agrees, { what: `/readyz to say ${JSON.stringify(wanted)}`, deadlineMs: 15_000 });
}
