/** How a call, a room or a refusal comes to each step of dispatch, and what has to become of it when dispatch dies there. */
import type { Step } from '../../dispatch/steps.ts';
import { cafe, cafePool, emptyPool } from './businesses.ts';
import { type Caller, within } from './caller.ts';
import { Decoy, openRoomWithoutCaller } from './decoy.ts';
import type { Outcome } from './fault.ts';
import { seconds } from './printing.ts';
import type { World } from './world.ts';

/** What has to happen for dispatch to come to a step. */
export type Story = (world: World, dead: Promise<unknown>) => Promise<Told>;

export type Survival = Pick<Outcome, 'recoveryMs' | 'heard'>;

export interface Told {
  /** What becomes of it once dispatch is dead. @param diedMs on the monotonic clock */
  survival(diedMs: number): Promise<Survival>;
  release(): Promise<void>;
}

const old = {
  tenant: 'harbor-pizza',
  called: '2009',
  greeting: cafe.greeting,
  question: cafe.question,
  answer: cafe.answer,
};
const recoveryDeadlineMs = 35_000;

const comesIn: Story = async (world) => rings(await world.dial(cafe), 'is answered');

const isRefused: Story = async (world) => rings(await world.dial(old), 'may be busy');

/** The job is offered to a worker that stands still until dispatch is dead. */
const isNotTaken: Story = async (world, dead) => {
  world.signalCafe('SIGSTOP');
  const thaw = () => world.signalCafe('SIGCONT');
  void dead.then(thaw);
  return rings(await world.dial(cafe), 'may be busy', async () => thaw());
};

const agentNeverSpeaks: Story = async (world, dead) => {
  const decoy = await Decoy.open(world.stack.livekit, cafePool);
  void dead.then(() => decoy.retire());
  const release = () => decoy[Symbol.asyncDispose]();
  for (let attempt = 1; attempt <= 12; attempt++) {
    const caller = await world.dial(cafe);
    await within(2_500, () => decoy.joinedMs !== undefined || caller.state !== 'ringing');
    // Dispatch dies when 5 s are gone: too late for another agent to be tried.
    if (decoy.joinedMs !== undefined) return rings(caller, 'may be busy', release);
    await caller[Symbol.asyncDispose]();
  }
  await release();
  throw new Error('the decoy was never given a job');
};

const losesItsAgent: Story = async (world) => {
  const caller = await world.greeted(cafe);
  await killHolder(world, caller);
  return {
    async survival(diedMs) {
      const heard = await caller.nextSoundMs(recoveryDeadlineMs);
      const tookMs = since(diedMs);
      return { recoveryMs: heard === null ? null : tookMs, heard: `${seconds(tookMs)} of silence, then an agent` };
    },
    release: () => caller[Symbol.asyncDispose](),
  };
};

/** Agent and caller are gone in one moment: nobody is left who could end the call. */
const losesBoth: Story = async (world) => {
  const caller = await world.greeted(cafe);
  await killHolder(world, caller);
  await caller.hangUp();
  return {
    async survival(diedMs) {
      const isOver = async () =>
        (await world.slotOf(caller)) === undefined && (await world.sessionOf(caller))?.end_reason != null;
      const over = await within(recoveryDeadlineMs, isOver);
      return { recoveryMs: over ? since(diedMs) : null, heard: 'nothing: nobody listens any more' };
    },
    release: () => caller[Symbol.asyncDispose](),
  };
};

/** Nobody is told of the call: the doomed replica finds its room by itself. */
const isNotTold: Story = async (world) => {
  world.relay.targets = [];
  return rings(await world.dial(cafe), 'is answered');
};

/** An agent waits in a room into which nobody comes. */
const leavesItsRoom: Story = async (world) => {
  const decoy = await Decoy.open(world.stack.livekit, emptyPool);
  const room = await openRoomWithoutCaller(world.stack.livekit, emptyPool);
  return {
    async survival(diedMs) {
      const closed = await within(recoveryDeadlineMs, () => decoy.removedFrom.includes(room));
      return { recoveryMs: closed ? since(diedMs) : null, heard: 'nothing: nobody is there' };
    },
    release: () => decoy[Symbol.asyncDispose](),
  };
};

async function killHolder(world: World, caller: Caller): Promise<void> {
  const holder = await world.holderOf(caller);
  if (holder === undefined) throw new Error('nobody holds the call');
  process.kill(holder.pid, 'SIGKILL');
}

export const stories: Readonly<Record<Step, Story>> = {
  call_arrived: comesIn,
  call_admitted: comesIn,
  call_placed: comesIn,
  agent_joined: comesIn,
  call_answered: comesIn,
  agent_removed: agentNeverSpeaks,
  placement_claimed: isNotTaken,
  call_refused: isRefused,
  refusal_due: isRefused,
  refusal_closed: isRefused,
  lost_call_claimed: losesItsAgent,
  lost_call_seen: losesItsAgent,
  lost_call_settled: losesBoth,
  call_taken_back: isNotTaken,
  room_judged: isNotTold,
  room_ended: leavesItsRoom,
};

/** A caller who hears ringing, until something else is heard. */
function rings(caller: Caller, may: 'is answered' | 'may be busy', further?: () => Promise<void>): Told {
  return {
    async survival(diedMs) {
      await within(recoveryDeadlineMs, () => caller.state !== 'ringing');
      const tookMs = Math.max(0, since(diedMs));
      if (caller.isLive) {
        const greeted = caller.phone.call.ear.firstSoundMs !== undefined || (await caller.nextSoundMs(8_000)) !== null;
        return { recoveryMs: greeted ? tookMs : null, heard: greeted ? 'the greeting' : 'silence after the answer' };
      }
      const busy = caller.state === 'refused';
      return {
        recoveryMs: busy && may === 'may be busy' ? tookMs : null,
        heard: busy ? 'busy' : 'ringing, to the end',
      };
    },
    async release() {
      await further?.();
      await caller[Symbol.asyncDispose]();
    },
  };
}

const since = (ms: number) => Math.round(performance.now() - ms);
