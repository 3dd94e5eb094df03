import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { PoolWorker } from './dispatch-workers.ts';
import { type Replica, type Row, World } from './dispatch-world.ts';

let world: World;
/** Both get every webhook and both watch. */
let replicas: readonly Replica[];
beforeAll(async () => {
  world = await World.start();
  await world.knowPool();
  replicas = [await world.startReplica(), await world.startReplica()];
});
afterAll(() => world.close());

describe('a call that rings', () => {
  test('is given to another worker when its agent joins and is never heard (R3.5)', async () => {
    await using mute = await PoolWorker.open(world, 'mute');
    const caller = await world.call({ called: '2001' });
    const silent = await mute.agentIn(caller.room);
    mute.habit = 'decliner';
    await using next = await PoolWorker.open(world, 'answers');
    expect(await silent.putOut()).toBe('PARTICIPANT_REMOVED');
    await next.agentIn(caller.room);
    expect(next.sessions).toEqual(mute.sessions);
    expect(await held(caller.room)).toMatchObject({ state: 'active', worker: next.name, placements: 2 });
    expect(caller.isIn).toBe(true);
    await world.hangUp(caller);
  });

  test('is given to another worker when the one that took it died before it was heard (R3.5)', async () => {
    await using mute = await PoolWorker.open(world, 'mute');
    const caller = await world.call({ called: '2001' });
    const killed = await mute.agentIn(caller.room);
    mute.habit = 'decliner';
    await using next = await PoolWorker.open(world, 'answers');
    await mute.release();
    expect(await killed.putOut()).toBe('PARTICIPANT_REMOVED');
    await next.agentIn(caller.room);
    expect(await held(caller.room)).toMatchObject({ state: 'active', worker: next.name });
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toMatchObject([{ ended_at: null }]);
    await world.hangUp(caller);
  });

  test('whose agents are never heard is refused, and does not ring on (R3.4)', async () => {
    await using mute = await PoolWorker.open(world, 'mute');
    const caller = await world.call({ called: '2001' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    const [session] = await world.rows('sessions', { room: `eq.${caller.room}` });
    expect(session).toMatchObject({ end_reason: 'no_worker', answered_at: null });
    expect(mute.sessions.length).toBeGreaterThan(1);
    expect(await world.rows('active_calls', { room: `eq.${caller.room}` })).toEqual([]);
  });
});

describe('a call in the middle of which its worker dies', () => {
  test('gets one other agent in the same room, and the dead one is put out (R3.5)', async () => {
    await using first = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    const dead = await first.agentIn(caller.room);
    first.habit = 'decliner';
    await using second = await PoolWorker.open(world, 'answers');
    await first.release();
    expect(await dead.putOut()).toBe('PARTICIPANT_REMOVED');
    await second.agentIn(caller.room);
    expect(second.sessions).toEqual(first.sessions);
    expect(await held(caller.room)).toMatchObject({ state: 'active', worker: second.name, released: false });
    expect(await world.jobs(caller.room)).toHaveLength(2);
    expect(caller.isIn).toBe(true);
    await world.hangUp(caller);
  });

  test('is ended when nobody can take it over: the caller is not left in silence and the slot is free (R3.5)', async () => {
    await using only = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    await only.agentIn(caller.room);
    only.habit = 'decliner';
    await world.update('active_calls', { room: `eq.${caller.room}` }, { placements: 6 });
    await only.release();
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    const session = await world.row('sessions', { room: `eq.${caller.room}`, ended_at: 'not.is.null' });
    expect(session).toMatchObject({ end_reason: 'worker_lost' });
    expect(await world.rows('active_calls', { room: `eq.${caller.room}` })).toEqual([]);
  });

  test('and whose caller has hung up meanwhile is settled, and nobody is sent into the room (R3.5)', async () => {
    await using only = await PoolWorker.open(world, 'answers');
    const caller = await world.call({ called: '2001' });
    await only.agentIn(caller.room);
    await caller.leave();
    await world.posted('participant_left', caller.room);
    await only.release();
    const session = await world.row('sessions', { room: `eq.${caller.room}`, ended_at: 'not.is.null' });
    expect(session).toMatchObject({ end_reason: 'worker_lost' });
    expect(only.sessions).toHaveLength(1);
  });
});

test('ten callers whose host vanishes each get one other agent, and not one of them is let go (R3.5)', async () => {
  await using vanished = await PoolWorker.open(world, 'answers');
  const dialled = ['2001', '+390612345678'].flatMap((called) => Array.from({ length: 5 }, () => called));
  const callers = await Promise.all(dialled.map((called) => world.call({ called })));
  const silent = await Promise.all(callers.map(({ room }) => vanished.agentIn(room)));
  vanished.habit = 'decliner';
  await using next = await PoolWorker.open(world, 'answers');
  // Nobody says that it is gone: its leases run out, one after the other.
  const served = () => callers.every(({ room }) => next.agents.has(room));
  await waitFor(served, { what: 'another agent for each of the ten', deadlineMs: 40_000 });
  expect(next.sessions.toSorted()).toEqual(vanished.sessions.toSorted());
  expect(await Promise.all(silent.map((agent) => agent.putOut()))).toEqual(callers.map(() => 'PARTICIPANT_REMOVED'));
  expect(callers.filter(({ isIn }) => isIn)).toHaveLength(callers.length);
  await Promise.all(callers.map((caller) => world.hangUp(caller)));
});

test('an agent that talks and could not take the call yet is left alone (R3.5)', async () => {
  await using stray = await PoolWorker.open(world, 'stray');
  const caller = await world.call({ called: '2001' });
  const agent = await stray.agentIn(caller.room);
  // The 4 s of a call that nobody took are over twice by then.
  const seen = () => story(caller.room).filter((message) => message === 'lost call found').length > 1;
  await waitFor(seen, { what: 'two looks at the call', deadlineMs: 20_000 });
  expect([agent.isIn, caller.isIn]).toEqual([true, true]);
  expect(stray.sessions).toHaveLength(1);
  await world.hangUp(caller);
});

test('a replica that is the only one left watches alone (R3.5)', async () => {
  await replicas[1]?.close();
  await using first = await PoolWorker.open(world, 'answers');
  const caller = await world.call({ called: '2001' });
  await first.agentIn(caller.room);
  first.habit = 'decliner';
  await using second = await PoolWorker.open(world, 'answers');
  await first.release();
  await second.agentIn(caller.room);
  expect(caller.isIn).toBe(true);
  await world.hangUp(caller);
});

test('a replica whose caller rings on for a worker that died looks for the next one at once (R3.5)', async () => {
  await using mute = await PoolWorker.open(world, 'mute');
  const caller = await world.call({ called: '2001' });
  await mute.agentIn(caller.room);
  mute.habit = 'decliner';
  await using next = await PoolWorker.open(world, 'answers');
  await mute.release();
  await next.agentIn(caller.room);
  await waitFor(() => story(caller.room).includes('call answered'), { what: 'the answer', deadlineMs: 10_000 });
  expect(story(caller.room)).toContain('the worker that took the call is gone');
  expect(story(caller.room)).not.toContain('an agent joined and is not heard');
  await world.hangUp(caller);
});

/** The slot of a call that was answered. */
async function held(room: string): Promise<Row> {
  return world.row('active_calls', { room: `eq.${room}`, state: 'eq.active', worker: 'not.is.null' });
}

function story(room: string): unknown[] {
  return world.log.filter((line) => line['room'] === room).map((line) => line['msg']);
}
