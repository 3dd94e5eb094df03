/** Callers who leave, at every moment and in every way. */
import { setTimeout as delay } from 'node:timers/promises';
import { cafe } from './businesses.ts';
import { type Caller, within } from './caller.ts';
import type { Fault } from './fault.ts';
import { seconds } from './printing.ts';
import type { World } from './world.ts';

const freeDeadlineMs = 60_000;

type Leave = (world: World, caller: Caller) => Promise<unknown>;

const answered: Leave = (_world, caller) => caller.phone.answer();
const moments: Record<string, Leave> = {
  'at once': async () => undefined,
  'when the room is there': () => delay(30),
  'while it is decided': () => delay(90),
  'while an agent is sought': () => delay(200),
  'while an agent joins': () => delay(330),
  'at the answer': answered,
  'in the greeting': async (_world, caller) => {
    await caller.phone.answer();
    await caller.phone.untilSpokenTo();
  },
  'while it speaks itself': async (_world, caller) => {
    await caller.phone.answer();
    await caller.phone.untilQuiet();
    void caller.ask();
    await delay(700);
  },
};

export const hangUps: Fault = {
  name: 'hang-ups',
  sentence: 'Callers hang up at each step of a call',
  bound: { what: 'the slot is free', ms: 10_000 },
  async run(world) {
    await using load = await world.load(3);
    const live = load.live.length + 1;
    const freed: { readonly at: string; readonly ms: number | null }[] = [];
    for (const [at, moment] of Object.entries(moments)) {
      await using caller = await world.dial(cafe);
      await moment(world, caller);
      await caller[Symbol.asyncDispose]();
      freed.push({ at, ms: await freeMs(world, caller) });
    }
    const [slowest] = freed.toSorted((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity));
    return {
      live,
      lost: load.cut.length + (await load.unanswered()).length,
      recoveryMs: slowest?.ms ?? null,
      heard: `slowest ${slowest?.at}: free after ${slowest?.ms == null ? 'never' : seconds(slowest.ms)}`,
      problems: freed.filter(({ ms }) => ms === null).map(({ at }) => `hung up ${at}: the slot stays taken`),
    };
  },
};

export const soundStops: Fault = {
  name: 'sound-stops',
  sentence: "A caller's sound stops without a goodbye, and nobody answers ours",
  bound: { what: 'the slot is free', ms: 20_000 },
  async run(world) {
    await using load = await world.load(3);
    const live = load.live.length + 2;
    await using vanished = await world.greeted(cafe);
    await using silent = await world.greeted(cafe);
    await vanished.phone.call.close();
    silent.phone.call.fallSilent();
    const freed = await Promise.all([freeMs(world, vanished), freeMs(world, silent)]);
    return {
      live,
      lost: load.cut.length + (await load.unanswered()).length,
      recoveryMs: freed.includes(null) ? null : Math.max(...freed.map((ms) => ms ?? 0)),
      heard: 'nothing: nobody listens any more',
      problems: [],
    };
  },
};

/** From now until no slot is taken for this call; a call that was never admitted has none. Null: never. */
async function freeMs(world: World, caller: Caller): Promise<number | null> {
  const fromMs = performance.now();
  // An INVITE on its way may be admitted after its caller has left.
  await delay(400);
  const free = async () => (await world.slotOf(caller)) === undefined;
  if (await free()) return Math.round(performance.now() - fromMs);
  return (await within(freeDeadlineMs, free)) ? Math.round(performance.now() - fromMs) : null;
}
