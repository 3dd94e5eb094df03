/** A shard in this very process, so that what its calls leave behind in the native library can be counted. */
import { readdirSync, readFileSync } from 'node:fs';
import { RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ffiClient } from '../../agent/patches/ffi-client.ts';
import type { Shard } from '../../agent/shard.ts';
import { openShard } from '../../agent/shard-open.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { agentSettings, readSettings } from '../../shared/env.ts';
import { createLog } from '../../shared/log.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const rounds = 5;
/** What the shard says about its room: callers, shard and test share one event loop here, which may look full for a while. */
const said: string[] = [];
const hasRoom = () => !said.findLast((line) => line.includes('shard '))?.includes('shard is full');

let world: AgentWorld;
let shard: Shard;
beforeAll(async () => {
  world = await startAgentWorld();
  process.kill(world.pool.pid, 'SIGTERM');
  await world.pool.exited;
  const read = readSettings(agentSettings, world.env);
  if (read.outcome === 'incomplete') throw new Error(read.problems.join());
  const logOptions = { service: 'shard', level: 'info', showPii: false };
  const log = createLog(logOptions, { write: (line) => void said.push(line) });
  await new Promise<void>((resolve, reject) => {
    const alone = { worker: 'a shard alone', remembered: [], onLearned: () => undefined, onTainted: () => undefined };
    const surroundings = { ...alone, log, logOptions, onRegistered: resolve };
    openShard(read.settings, surroundings).then((opened) => {
      shard = opened;
    }, reject);
  });
});
afterAll(async () => {
  await shard?.drain(0);
  await shard?.close();
  await world?.close();
});

test('calls whose room the server ends leave no listener in the native library behind (R3.6)', async () => {
  const rooms = new RoomServiceClient(world.livekit.httpUrl, world.livekit.apiKey, world.livekit.apiSecret);
  const listeners = () => ffiClient()?.listenerCount('ffi_event');
  const before = listeners();
  for (let round = 0; round < rounds; round++) {
    await waitFor(hasRoom, { what: 'a shard with room', deadlineMs: 20_000 });
    const placed = await Promise.all([world.dial('2001'), world.dial('+390612345678')]);
    await Promise.all(placed.map(({ caller }) => caller.untilHeard(200)));
    expect(listeners()).toBeGreaterThan(before ?? 0);
    await Promise.all(placed.map(({ room }) => rooms.deleteRoom(room)));
    const ended = await Promise.all(placed.map(({ session }) => world.settled(session)));
    expect(ended.map(({ end_reason }) => end_reason)).toEqual(['room_closed', 'room_closed']);
    await Promise.all(placed.map(({ caller }) => caller.hangUp()));
  }
  await waitFor(() => listeners() === before, { what: `${before} listeners again`, deadlineMs: 5_000 }).catch(() => 0);
  expect(listeners()).toBe(before);
});

test('calls that end leave no thread of the native library behind (R3.6)', async () => {
  const before = voiceThreads();
  for (let round = 0; round < rounds; round++) {
    await waitFor(hasRoom, { what: 'a shard with room', deadlineMs: 20_000 });
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(200);
    expect(voiceThreads()).toBeGreaterThan(before);
    await caller.hangUp();
    await world.settled(session);
  }
  await waitFor(() => voiceThreads() === before, { what: 'no thread more', deadlineMs: 5_000 }).catch(() => 0);
  expect(voiceThreads()).toBe(before);
});

/** Threads that feed what is said in a call into the library, those of the callers of this test included. */
function voiceThreads(): number {
  const names = readdirSync('/proc/self/task').map((thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8'));
  return names.filter((name) => name.startsWith('AudioSourceCapt')).length;
}
