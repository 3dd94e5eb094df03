/** Processes that hold calls are killed, one shard or a whole host. */
import { phrases } from '../../shared/config/phrases.ts';
import type { Sentence } from '../phone/hearing.ts';
import { businesses, cafe, cafePool } from './businesses.ts';
import { type Caller, within } from './caller.ts';
import type { Fault, Outcome } from './fault.ts';
import type { Load } from './load.ts';
import { seconds } from './printing.ts';
import type { World } from './world.ts';

const resumed: readonly Sentence[] = [
  { text: phrases.en.resumed, language: 'en' },
  { text: phrases.it.resumed, language: 'it' },
];
const everySentence = [
  ...businesses.flatMap(({ greeting, question, answer }) => [greeting, question, answer]),
  ...resumed,
];
const heardAgainDeadlineMs = 40_000;
const backDeadlineMs = 30_000;
const beforeSoundMs = 500;

export const shardKilled: Fault = {
  name: 'shard-killed',
  sentence: 'A shard is killed with -9 in mid-call',
  bound: { what: 'its callers hear an agent again', ms: 8_000 },
  quick: true,
  async run(world) {
    await using load = await world.load(4);
    const [first] = load.live;
    const holder = first && (await world.holderOf(first));
    if (holder === undefined) throw new Error('no shard holds the first call');
    const outcome = await cutOff(world, load, [holder.worker], () => process.kill(holder.pid, 'SIGKILL'));
    await backUp(world);
    return outcome;
  },
};

export const hostGone: Fault = {
  name: 'host-gone',
  sentence: 'A host of agents vanishes with its calls: nobody says that they are free',
  bound: { what: 'its callers hear an agent again', ms: 22_000 },
  quick: true,
  async run(world) {
    await using load = await world.load(6);
    const host = await busiest(world, load);
    const workers = host.shards().map(({ worker }) => worker);
    const outcome = await cutOff(world, load, workers, () => host.part.process.signal('SIGKILL', 'group'));
    await load[Symbol.asyncDispose]();
    await host.part.revive();
    return outcome;
  },
};

export const secondSigterm: Fault = {
  name: 'second-sigterm',
  sentence: 'A host is told to stop a second time (SIGTERM twice): its calls are handed over',
  bound: { what: 'its callers hear an agent again', ms: 8_000 },
  async run(world) {
    await using load = await world.load(4);
    const host = await busiest(world, load);
    const workers = host.shards().map(({ worker }) => worker);
    host.part.process.signal('SIGTERM');
    await host.part.process.logged('stopping: running calls may end', 5_000);
    const outcome = await cutOff(world, load, workers, () => host.part.process.signal('SIGTERM'));
    await load[Symbol.asyncDispose]();
    await host.part.revive();
    return outcome;
  },
};

export const shardKilledRinging: Fault = {
  name: 'shard-killed-ringing',
  sentence: 'A shard is killed with -9 while its caller hears ringing',
  bound: { what: 'the call is answered', ms: 10_000 },
  async run(world) {
    await using load = await world.load(3);
    for (let attempt = 1; attempt <= 6; attempt++) {
      const outcome = await killWhileRinging(world, load);
      if (outcome !== undefined) return outcome;
      world.tell('  the call was answered before the shard died; once more');
      await backUp(world);
    }
    throw new Error('every call was answered before its shard could be killed');
  },
};

/** Undefined: too late, the call had been answered. */
async function killWhileRinging(world: World, load: Load): Promise<Outcome | undefined> {
  const joined = new Promise<void>((resolve) => {
    world.relay.route = async (posted) => {
      const { event, participant, room } = posted.event;
      const isAgent = event === 'participant_joined' && participant?.identity.startsWith('agent-');
      if (isAgent && room?.name.startsWith(`call_${cafe.called}_`)) resolve();
      await world.relay.pass(posted);
    };
  });
  await using caller = await world.dial(cafe);
  await Promise.race([joined, caller.phone.answer()]);
  world.relay.route = undefined;
  // It joins, takes the call and reads its configuration all at once: which shard it is, the database knows a moment later.
  const holder = await takenBy(world, caller);
  if (holder !== undefined && caller.state === 'ringing') process.kill(holder.pid, 'SIGKILL');
  if (caller.state !== 'ringing') return undefined;
  const fromMs = caller.phone.call.sinceInviteMs();
  const answered = await within(28_000, () => caller.state !== 'ringing');
  const recoveryMs = answered && caller.isLive ? Math.round(caller.phone.call.sinceInviteMs() - fromMs) : null;
  const greeted = caller.isLive && (await caller.nextSoundMs(10_000)) !== null;
  await backUp(world);
  return {
    live: load.live.length + 1,
    lost: load.cut.length + (greeted ? 0 : 1),
    recoveryMs,
    heard:
      recoveryMs === null ? `ringing, then ${caller.state}` : `ringing for ${seconds(recoveryMs)}, then the greeting`,
    problems: [],
  };
}

/** Undefined: not in time, or somebody answered before. */
async function takenBy(world: World, caller: Caller) {
  let holder: Awaited<ReturnType<World['holderOf']>>;
  await within(3_000, async () => {
    holder = await world.holderOf(caller);
    return holder !== undefined || caller.state !== 'ringing';
  });
  return holder;
}

/** What the callers of these workers hear after `act`, and that all others notice nothing. */
async function cutOff(world: World, load: Load, workers: readonly string[], act: () => void): Promise<Outcome> {
  const live = load.live.length;
  const affected = await world.heldBy(load, workers);
  if (affected.length === 0) throw new Error('no call was held by what was to be killed');
  const marks = new Map(affected.map((caller) => [caller, caller.phone.call.sinceInviteMs()]));
  act();
  const sounds = await Promise.all(affected.map((caller) => caller.heardAgainMs(heardAgainDeadlineMs)));
  const mute = await load.unanswered();
  // What is listened to is 20 s long, and a host that vanished is missed for up to 17 s: it begins where the sound does.
  const beganMs = (caller: Caller, at: number) =>
    (marks.get(caller) ?? 0) + Math.max(0, (sounds[at] ?? 0) - beforeSoundMs);
  const said = await Promise.all(
    affected.map((caller, at) => world.heardBy(caller, everySentence, beganMs(caller, at))),
  );
  const sorry = said.filter((texts) => resumed.some(({ text }) => texts.includes(text))).length;
  const kept = await historyKept(world, affected);
  return {
    live,
    lost: load.cut.length + mute.length,
    recoveryMs: sounds.includes(null) ? null : Math.max(...sounds.map((ms) => ms ?? 0)),
    heard: sorry === affected.length ? `"${phrases.en.resumed}"` : `${sorry} of ${affected.length} were told sorry`,
    problems: [
      ...(sorry < affected.length ? [`${affected.length - sorry} of ${affected.length} were not told sorry`] : []),
      ...(kept < affected.length
        ? [`${affected.length - kept} of ${affected.length} records lack what was said before`]
        : []),
    ],
  };
}

/** How many of these calls have on record what was said before and after. Hangs up. */
async function historyKept(world: World, callers: readonly Caller[]): Promise<number> {
  const kept = await Promise.all(
    callers.map(async (caller) => {
      const { business, phone } = caller;
      await caller.hangUp();
      const record = await world.records.of(phone.callId);
      if (record.outcome !== 'settled') return false;
      const said = record.transcript.map(({ text }) => text);
      return said.includes(business.greeting.text) && said.filter((text) => text === business.answer.text).length >= 2;
    }),
  );
  return kept.filter(Boolean).length;
}

/** The one of the two hosts that holds more of these calls. */
export async function busiest(world: World, load: Load) {
  const held = await Promise.all(
    world.hosts.map(async (host) => {
      const workers = host.shards().map(({ worker }) => worker);
      return { host, calls: (await world.heldBy(load, workers)).length };
    }),
  );
  const [most] = held.toSorted((a, b) => b.calls - a.calls);
  if (most === undefined || most.calls === 0) throw new Error('no host holds a call');
  return most.host;
}

/** Until a shard of every host has said that it is there. */
async function backUp(world: World): Promise<void> {
  const back = await within(backDeadlineMs, async () => {
    const seen = (await world.workers()).map(({ name }) => name);
    return world.stack.fleet.hosts.every((host) => host.shards().some(({ worker }) => seen.includes(worker)));
  });
  if (!back) throw new Error(`no new shard in the pools ${cafePool} and switchboard`);
}
