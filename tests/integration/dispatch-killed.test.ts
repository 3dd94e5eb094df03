import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { StackProcess } from '../../dev/stack/process.ts';
import { repository, startProgram } from '../../dev/stack/program.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { type Step, steps } from '../../dispatch/steps.ts';
import type { Caller } from './dispatch-participants.ts';
import { type Habit, PoolWorker } from './dispatch-workers.ts';
import { World } from './dispatch-world.ts';

let world: World;
const runDir = mkdtempSync(join(tmpdir(), 'switchboard-killed-'));
const deadlineMs = 30_000;
beforeAll(async () => {
  world = await World.start();
  await world.knowPool();
});
afterAll(() => world.close());

/** A call whose dispatch dies: what it needs to come to its step, and what the caller gets from the next dispatch. */
interface Story {
  readonly called?: string;
  /** What the pool does until dispatch is dead; afterwards it answers, unless the caller is to hear busy. */
  readonly pool?: Habit;
  /** `either`: whether there is still time to serve a caller who rang for some seconds depends on the machine. */
  readonly caller: 'is_served' | 'hears_busy' | 'either';
  /** Brings the call to the point at which the dispatch that is to die takes it up. */
  begin?(worker: PoolWorker): Promise<Caller>;
  /** What happens once that dispatch listens. */
  strike?(worker: PoolWorker, caller: Caller): Promise<void>;
}

const comesIn: Story = { caller: 'is_served' };
const isRefused: Story = { called: '2999', caller: 'hears_busy' };
const losesItsWorker: Story = {
  caller: 'is_served',
  begin: beAnswered,
  strike: async (worker) => {
    worker.habit = 'decliner';
    await worker.release();
  },
};

const stories: Readonly<Record<Step, Story>> = {
  call_arrived: comesIn,
  call_admitted: comesIn,
  call_placed: comesIn,
  agent_joined: comesIn,
  call_answered: comesIn,
  agent_removed: { pool: 'mute', caller: 'either' },
  placement_claimed: { pool: 'decliner', caller: 'either' },
  call_taken_back: { pool: 'decliner', caller: 'hears_busy' },
  call_refused: isRefused,
  refusal_due: isRefused,
  refusal_closed: isRefused,
  lost_call_claimed: losesItsWorker,
  lost_call_seen: losesItsWorker,
  lost_call_settled: {
    caller: 'hears_busy',
    begin: beAnswered,
    strike: async (worker, caller) => {
      await world.update('active_calls', { room: `eq.${caller.room}` }, { placements: 6 });
      worker.habit = 'decliner';
      await worker.release();
    },
  },
  room_judged: { caller: 'is_served', begin: beOverlooked },
  room_ended: {
    called: '2999',
    caller: 'hears_busy',
    begin: async () => {
      const caller = await beOverlooked('2999');
      const invite = { p_sip_call_id: caller.callId, p_sip_from_tag: caller.fromTag, p_room: caller.room };
      await world.database().rows('admit_call', { ...invite, p_called: '2999', p_caller: '' }, z.unknown());
      return caller;
    },
  },
};

describe('a dispatch that is killed', () => {
  test.each(steps)(
    'at %s leaves no caller ringing and no slot taken: the next one finishes (R3.4 R3.5)',
    async (step) => {
      const story = stories[step];
      await using worker = await PoolWorker.open(world, story.pool ?? 'answers');
      const early = await story.begin?.(worker);
      const doomed = await startDoomed(step);
      const caller = early ?? (await world.call({ called: story.called ?? '2001' }));
      await story.strike?.(worker, caller);
      expect(await Promise.race([doomed.exited, deadline(step)])).toContain('SIGKILL');
      world.relay.targets = [];

      if (story.caller !== 'hears_busy') worker.habit = 'answers';
      await using _next = await world.startReplica();
      if (story.caller === 'hears_busy') {
        expect(await caller.putOut()).toBe('ROOM_DELETED');
      } else {
        await isServed(caller, story.caller);
        if (caller.isIn) await world.hangUp(caller);
      }
      const free = async () => (await world.rows('active_calls', { room: `eq.${caller.room}` })).length === 0;
      await waitFor(free, { what: 'the slot to be free', deadlineMs });
    },
  );
});

/** An agent that can be heard is in the room, and the call is on the books as its worker's. */
async function isServed(caller: Caller, wanted: 'is_served' | 'either' = 'is_served'): Promise<void> {
  const { room } = caller;
  const served = async () => {
    if (wanted === 'either' && !caller.isIn) return true;
    const [slot] = await world.rows('active_calls', { room: `eq.${room}`, state: 'eq.active', worker: 'not.is.null' });
    const present = await world.rooms.listParticipants(room);
    const heard = present.filter(({ identity, tracks }) => identity.startsWith('agent-') && tracks.length > 0);
    return slot !== undefined && slot['released'] === false && heard.length === 1;
  };
  await waitFor(served, { what: `one agent to be heard in ${room}`, deadlineMs });
}

/** A call that talks, and whose dispatch was stopped in good order. */
async function beAnswered(worker: PoolWorker): Promise<Caller> {
  await using _first = await world.startReplica();
  const caller = await world.call({ called: '2001' });
  await worker.agentIn(caller.room);
  await isServed(caller);
  return caller;
}

/** Webhooks that nobody is there to take. */
async function beOverlooked(called: unknown): Promise<Caller> {
  return world.call({ called: typeof called === 'string' ? called : '2001' });
}

/** A dispatch of its own process that kills itself with -9 at the step, and gets every webhook until then. */
async function startDoomed(step: Step): Promise<StackProcess> {
  const { livekit, supabase, relay } = world;
  const doomed = await startProgram({
    name: `dispatch-${step}`,
    entry: 'dev/faults/dispatch-main',
    env: {
      LIVEKIT_URL: livekit.url,
      LIVEKIT_API_KEY: livekit.apiKey,
      LIVEKIT_API_SECRET: livekit.apiSecret,
      SUPABASE_URL: supabase.url,
      SUPABASE_ANON_KEY: supabase.anonKey,
      SUPABASE_DISPATCH_TOKEN: supabase.dispatchToken,
      DISPATCH_PORT: '0',
      SIP_TRUNK_FILE: join(repository, 'sip-trunk.json'),
      FAULT_AT_STEP: step,
    },
    runDir,
    code: 'source',
  });
  const { url } = z.object({ url: z.url() }).parse(await doomed.logged('listening', deadlineMs));
  relay.targets = [url];
  return doomed;
}

function deadline(step: Step): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(`dispatch never came to ${step}`), deadlineMs).unref());
}
