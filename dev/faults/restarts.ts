/** Hosts and replicas are told to stop, one or all of them, while people call. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Host, Replica } from '../stack/fleet.ts';
import { pizza, studio } from './businesses.ts';
import { within } from './caller.ts';
import type { Fault } from './fault.ts';
import { seconds } from './printing.ts';
import { outcomeOf, tryCall, type Wait } from './ringing.ts';
import { busiest } from './shards.ts';
import type { World } from './world.ts';

const everyMs = 1_000;
const stopDeadlineMs = 75_000;
/** Whoever restarts things one by one looks whether all is well before the next one. */
const betweenRestartsMs = 3_000;

export const hostStopped: Fault = {
  name: 'host-stopped',
  sentence: 'A host is told to stop (SIGTERM) in mid-call: its calls go on to their end',
  bound: { what: 'the host is gone, from the end of its last call', ms: 10_000 },
  async run(world) {
    await using load = await world.load(4);
    const live = load.live.length;
    const host = await busiest(world, load);
    const workers = host.shards().map(({ worker }) => worker);
    host.part.process.signal('SIGTERM');
    const told = await within(8_000, async () =>
      (await world.workers()).some(({ name, draining }) => workers.includes(name) && draining),
    );
    const calls = [await tryCall(world, pizza), await tryCall(world, studio)];
    const mute = await load.unanswered();
    const lost = load.cut.length + mute.length + calls.filter(({ outcome }) => outcome !== 'greeted').length;
    await Promise.all(load.callers.map((caller) => caller.hangUp()));
    const endedMs = performance.now();
    let gone = false;
    void host.part.process.exited.then(() => {
      gone = true;
    });
    await within(stopDeadlineMs, () => gone);
    const recoveryMs = gone ? Math.round(performance.now() - endedMs) : null;
    await host.part.revive();
    return {
      live,
      lost,
      recoveryMs,
      heard: 'nothing of it; new callers were greeted by the other host',
      problems: told ? [] : ['the table of workers did not say that it drains'],
    };
  },
};

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  sentence: 'Two hosts and two replicas of dispatch are restarted one after the other, under a call each second',
  bound: { what: 'a new shard takes calls, from its start', ms: 5_000 },
  async run(world) {
    const calls: Promise<Wait>[] = [];
    const dialling = new AbortController();
    const dialled = dialUntil(dialling.signal, world, calls);
    await delay(3_000);
    const { hosts } = world;
    for (const part of [...hosts, ...world.stack.fleet.dispatches]) {
      await startAgain(part);
      await delay(betweenRestartsMs);
    }
    dialling.abort();
    await dialled;
    const waits = await Promise.all(calls);
    const unserved = waits.filter(({ outcome }) => outcome !== 'greeted');
    const slowestMs = Math.max(...waits.map(({ ms }) => ms ?? 0));
    return {
      live: waits.length,
      lost: unserved.length,
      recoveryMs: Math.max(...hosts.map(shardReadyMs)),
      heard: `${waits.length} calls, the slowest rang for ${seconds(slowestMs)}`,
      problems: unserved.map(({ heard }) => `a caller heard ${heard}`).slice(0, 3),
    };
  },
};

/** A call each second, by turns, each hung up after its greeting has begun. */
async function dialUntil(stop: AbortSignal, world: World, calls: Promise<Wait>[]): Promise<void> {
  for (let at = 0; !stop.aborted; at++) {
    calls.push(tryShortly(world, at));
    await delay(everyMs);
  }
}

async function tryShortly(world: World, at: number): Promise<Wait> {
  await using caller = await world.dial(at % 2 === 0 ? pizza : studio);
  const wait = await outcomeOf(caller);
  await delay(500);
  return caller.state === 'cut' ? { ...wait, outcome: 'answered by nobody', heard: 'the greeting, cut off' } : wait;
}

/** As a deploy does it. */
async function startAgain({ part }: Host | Replica): Promise<void> {
  part.process.signal('SIGTERM');
  await part.process.exited;
  await part.revive();
}

/** As its host's log tells it. */
function shardReadyMs({ part }: Host): number {
  const at = (message: string) => {
    const line = part.process.lines().find(({ msg }) => msg === message);
    if (typeof line?.['time'] !== 'string') throw new Error(`the host did not log "${message}"`);
    return Date.parse(line['time']);
  };
  return at('ready') - at('shard started');
}
