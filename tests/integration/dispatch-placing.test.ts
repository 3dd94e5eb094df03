import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { gateAfter } from './dispatch-gate.ts';
import { type Row, World } from './dispatch-world.ts';

/** Short waits for an agent: the order of things is the same. */
const hurry = { trackMs: 2000, agentMs: 800, publishMs: 1500, placeUntilMs: 1000, ringUntilMs: 9500 };

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world.close());

describe('a call that no agent takes', () => {
  test('is placed again and then refused: the caller hears busy and the slot is free (R3.2 R3.4)', async () => {
    await using _replica = await world.startReplica({ patience: hurry });
    const caller = await world.call({ called: '2001' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    const story = world.log.filter((line) => line['room'] === caller.room).map((line) => line['msg']);
    expect(story.filter((message) => message === 'call placed')).toHaveLength(2);
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'no_worker' });
    expect(await world.row('call_refusals', { room: `eq.${caller.room}` })).toMatchObject({ reason: 'no_worker' });
  });

  test('is kept when the second placing finds an agent (R3.2)', async () => {
    await using _replica = await world.startReplica({ patience: hurry });
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room, 2);
    await world.joinAsAgent(caller.room);
    await world.logged('agent joined', caller.room);
    expect(caller.isIn).toBe(true);
    await caller.leave();
  });
});

test('a refused caller hears busy when the agent that was to say so is never heard (R1.5 R3.4)', async () => {
  const number = { phone_number: 'eq.2001' };
  const [before] = await world.rows('sip_numbers', number);
  await using _replica = await world.startReplica({ patience: hurry });
  await world.update('sip_numbers', number, {
    max_concurrent_calls: 0,
    config_override: { refusal: { action: 'message' } },
  });
  try {
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room);
    await world.joinAsAgent(caller.room);
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await world.row('call_refusals', { room: `eq.${caller.room}`, answered: 'eq.busy' })).toMatchObject({
      reason: 'number_busy',
    });
  } finally {
    const { max_concurrent_calls, config_override } = before ?? {};
    await world.update('sip_numbers', number, { max_concurrent_calls, config_override });
  }
});

describe('a caller who leaves', () => {
  test('while the call is being admitted: no agent is asked for and the slot is free (R3.2)', async () => {
    const gate = gateAfter('admit_call', world.database());
    await using _replica = await world.startReplica({ database: gate.database });
    const caller = await world.call({ called: '2001' });
    await gate.reached;
    await caller.leave();
    await world.posted('participant_left', caller.room);
    gate.open();
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'caller_gave_up' });
    expect(await world.jobs(caller.room)).toEqual([]);
  });

  test('before an agent has joined: the slot is free and the room is closed (R3.2)', async () => {
    await using _replica = await world.startReplica();
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room);
    await caller.leave();
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'caller_gave_up' });
    await roomGone(caller.room);
  });

  test('whose leaving is never told: the server is asked, and the slot is free (R3.2)', async () => {
    await using _replica = await world.startReplica({ patience: hurry });
    world.relay.route = async (webhook) => {
      if (webhook.event.event === 'participant_joined') await world.relay.pass(webhook);
    };
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room);
    await caller.leave();
    world.relay.route = undefined;
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'caller_gave_up' });
    await roomGone(caller.room);
  });

  test('after an agent has joined: the call is left to the agent to settle (R1.8)', async () => {
    await using replica = await world.startReplica();
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    await caller.leave();
    await world.posted('participant_left', caller.room);
    await replica.close();
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toMatchObject([{ ended_at: null }]);
  });

  test('because the agent could not serve the call and closed the room: the reason is left to the agent (R1.8)', async () => {
    await using _replica = await world.startReplica();
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room);
    await world.rooms.deleteRoom(caller.room);
    await world.logged('room is over, its agent settles the call', caller.room);
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toMatchObject([{ ended_at: null }]);
  });

  test('although the call was refused and before any audio: the refusal is on record all the same (R1.5)', async () => {
    await using _replica = await world.startReplica();
    const caller = await world.caller({ called: '2999' }).join();
    await world.logged('call refused', caller.room);
    await caller.leave();
    await world.logged('refused caller left first', caller.room);
    const refusal = await world.row('call_refusals', { room: `eq.${caller.room}` });
    expect(refusal).toMatchObject({ reason: 'unknown_number' });
  });
});

describe('a refused caller', () => {
  test('who never publishes audio is put out all the same (R1.5)', async () => {
    await using _replica = await world.startReplica({ patience: { ...hurry, trackMs: 500 } });
    const caller = await world.caller({ called: '2999' }).join();
    expect(await caller.putOut()).toBe('ROOM_DELETED');
  });
});

describe('a call whose holder is lost', () => {
  test('before it was answered: it is refused and the slot is free (R3.5)', async () => {
    const gate = gateAfter('admit_call', world.database());
    await using _replica = await world.startReplica({ database: gate.database });
    const caller = await world.call({ called: '2001' });
    await gate.reached;
    await expireLease(caller.room);
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'no_worker' });
    gate.open();
  });

  test('in the middle of it, six times over: the caller is not left in silence and the slot is free (R3.5)', async () => {
    await using _replica = await world.startReplica();
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    await world.update(
      'active_calls',
      { room: `eq.${caller.room}` },
      { state: 'active', worker: 'gone', placements: 6 },
    );
    await expireLease(caller.room);
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await ended(caller.room)).toMatchObject({ end_reason: 'worker_lost' });
  });

  async function expireLease(room: string): Promise<void> {
    await world.update('active_calls', { room: `eq.${room}` }, { lease_expires_at: '2000-01-01T00:00:00Z' });
  }
});

/** The session of a call once it has ended; its slot is free then. */
async function ended(room: string): Promise<Row> {
  const session = await world.row('sessions', { room: `eq.${room}`, ended_at: 'not.is.null' });
  expect(await world.rows('active_calls', { room: `eq.${room}` })).toEqual([]);
  return session;
}

async function roomGone(room: string): Promise<void> {
  const gone = async () => (await world.rooms.listRooms([room])).length === 0;
  await waitFor(gone, { what: `the end of ${room}`, deadlineMs: 10_000 });
}
