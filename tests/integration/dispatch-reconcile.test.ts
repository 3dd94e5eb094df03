import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { PoolWorker } from './dispatch-workers.ts';
import { World } from './dispatch-world.ts';

let world: World;
/** Short waits for an agent: the order of things is the same. */
const hurry = { trackMs: 2000, agentMs: 800, publishMs: 1500, placeUntilMs: 1000, ringUntilMs: 9500 };
const goneMs = 30_000;
beforeAll(async () => {
  world = await World.start();
  await world.knowPool();
  await world.startReplica({ patience: hurry });
});
afterAll(() => world.close());
afterEach(() => {
  world.relay.route = undefined;
});

describe('a caller of whom no webhook tells', () => {
  test('is found and gets an agent (R3.2)', async () => {
    loseWebhooks();
    await using worker = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    await worker.agentIn(caller.room);
    await world.row('active_calls', { room: `eq.${caller.room}`, state: 'eq.active' });
    expect(worker.sessions).toHaveLength(1);
    await world.hangUp(caller);
  });

  test('is found and hears busy when the number is nobody’s (R1.5)', async () => {
    loseWebhooks();
    const caller = await world.call({ called: '2999' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await world.rows('call_refusals', { room: `eq.${caller.room}` })).toMatchObject([
      { reason: 'unknown_number' },
    ]);
  });
});

describe('a room that nobody needs', () => {
  test('because its session has ended while the caller is in it is closed (R3.5)', async () => {
    await using worker = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    await worker.agentIn(caller.room);
    const [session] = worker.sessions;
    await world.database().rows('finish_call', { p_session_id: session, p_end_reason: 'closed' }, z.unknown());
    expect(await caller.putOut()).toBe('ROOM_DELETED');
  });

  test('because its caller was refused by a dispatch that died is closed (R1.5)', async () => {
    loseWebhooks();
    const caller = await world.call({ called: '2999' });
    await admit(caller);
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await world.rows('call_refusals', { room: `eq.${caller.room}` })).toHaveLength(1);
  });

  test('because only an agent is in it is closed (R3.5)', async () => {
    const room = `call_2001_${randomUUID()}`;
    const agent = await world.joinAsAgent(room);
    expect(await agent.putOut()).toBe('ROOM_DELETED');
  });
});

describe('a slot whose room is gone', () => {
  test('is free when nobody had taken the call (R3.2)', async () => {
    loseWebhooks();
    const caller = world.caller({ called: '2001' });
    expect(await admit(caller)).toMatchObject([{ outcome: 'admitted' }]);
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'caller_gave_up' });
  });

  test('is free when its worker goes on renewing it (R3.2)', async () => {
    await using worker = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    await worker.agentIn(caller.room);
    const slot = { room: `eq.${caller.room}`, state: 'eq.active' };
    await world.row('active_calls', slot);
    await world.update('active_calls', slot, { lease_expires_at: new Date(Date.now() + 600_000).toISOString() });
    await world.rooms.deleteRoom(caller.room);
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'room_closed' });
  });
});

describe('a call that dispatch knows nothing of', () => {
  test('is left alone where it was answered, told once, and closed by a dispatch that owns the prefix (R1.5)', async () => {
    const caller = world.caller({ called: '2001', answered: true });
    loseWebhooks();
    await caller.join();
    const told = () => world.log.filter((line) => line['room'] === caller.room).map((line) => line['msg']);
    await waitFor(() => told().length > 0, { what: 'a word about the call', deadlineMs: goneMs });
    // A caller that is found later proves that the rooms were compared once more.
    const later = await world.call({ called: '2999' });
    await later.putOut();
    expect(told()).toEqual(['an answered call that nobody knows is left alone']);
    expect(caller.isIn).toBe(true);

    await using _owner = await world.startReplica({ ownsPrefix: true });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
  });

  test('is never touched in a room without our prefix (R1.1)', async () => {
    await using _owner = await world.startReplica({ ownsPrefix: true });
    const stranger = world.caller({ called: '2001', answered: true, roomPrefix: 'callback' });
    const ours = world.caller({ called: '2001', answered: true });
    await Promise.all([stranger.join(), ours.join()]);
    expect(await ours.putOut()).toBe('ROOM_DELETED');
    expect(stranger.isIn).toBe(true);
    await stranger.leave();
  });
});

/** What LiveKit posts reaches nobody. */
function loseWebhooks(): void {
  world.relay.route = async () => undefined;
}

/** What a dispatch did of which nothing else is left. */
async function admit(caller: { room: string; callId: string; fromTag: string }): Promise<unknown[]> {
  const [, called] = caller.room.split('_');
  const invite = { p_sip_call_id: caller.callId, p_sip_from_tag: caller.fromTag, p_room: caller.room };
  return world.database().rows('admit_call', { ...invite, p_called: called, p_caller: '+39061112223' }, z.unknown());
}

/** The session of a call once it has ended; its slot is free then. */
async function ended(room: string) {
  const over = async () => (await world.rows('sessions', { room: `eq.${room}`, ended_at: 'not.is.null' }))[0];
  const session = await waitFor(over, { what: `the end of ${room}`, deadlineMs: goneMs });
  expect(await world.rows('active_calls', { room: `eq.${room}` })).toEqual([]);
  return session;
}
