import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { openDatabase } from '../../shared/db.ts';
import { Cable } from './dispatch-cable.ts';
import { gateAfter } from './dispatch-gate.ts';
import { type Replica, World } from './dispatch-world.ts';

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

describe('when LiveKit does not take requests', () => {
  test('a call that was admitted is placed as soon as it does again (R3.2)', async () => {
    await replica.close();
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

/** Waits until /readyz says of each part whether it is reachable. */
async function readiness(wanted: { livekit: boolean; database: boolean }): Promise<void> {
  const agrees = async () => {
    const response = await fetch(`${replica.url}/readyz`);
    const { livekit, database } = (await response.json()) as { livekit: string; database: string };
    const reachable = { livekit: livekit === 'reachable', database: database === 'reachable' };
    expect(response.status).toBe(reachable.livekit && reachable.database ? 200 : 503);
    return reachable.livekit === wanted.livekit && reachable.database === wanted.database;
  };
  await waitFor(agrees, { what: `/readyz to say ${JSON.stringify(wanted)}`, deadlineMs: 15_000 });
}
