/** dispatch dies at each of its steps. What it was about to do, another replica finishes. */
import type { Step } from '../../dispatch/steps.ts';
import type { Replica } from '../stack/fleet.ts';
import { cafe, cafePool } from './businesses.ts';
import { type Caller, within } from './caller.ts';
import { Decoy } from './decoy.ts';
import type { Fault, Outcome } from './fault.ts';
import { seconds } from './printing.ts';
import type { World } from './world.ts';

/** What has to happen for dispatch to come to a step. */
type Story = (world: World, dead: Promise<unknown>) => Promise<Told>;

interface Told {
  readonly caller: Caller;
  /** The caller was talking already: what counts is that an agent is heard again. */
  readonly wasTalking?: true;
  /** Busy is the right answer. */
  readonly mayBeBusy?: true;
  release?(): Promise<void>;
}

const old = {
  tenant: 'harbor-pizza',
  called: '2009',
  greeting: cafe.greeting,
  question: cafe.question,
  answer: cafe.answer,
};
const deathDeadlineMs = 20_000;
const recoveryDeadlineMs = 35_000;

const comesIn: Story = async (world) => ({ caller: await world.dial(cafe) });

const isRefused: Story = async (world) => ({ caller: await world.dial(old), mayBeBusy: true });

/** The job is offered to a worker that stands still until dispatch is dead. */
const isNotTaken: Story = async (world, dead) => {
  world.signalCafe('SIGSTOP');
  const thaw = () => world.signalCafe('SIGCONT');
  void dead.then(thaw);
  return { caller: await world.dial(cafe), mayBeBusy: true, release: async () => void thaw() };
};

const agentNeverSpeaks: Story = async (world, dead) => {
  const decoy = await Decoy.open(world.stack.livekit, cafePool);
  void dead.then(() => decoy.retire());
  const release = () => decoy[Symbol.asyncDispose]();
  for (let attempt = 1; attempt <= 12; attempt++) {
    const caller = await world.dial(cafe);
    await within(2_500, () => decoy.joinedMs !== undefined || caller.state !== 'ringing');
    // Dispatch dies when 5 s are gone: too late for another agent to be tried.
    if (decoy.joinedMs !== undefined) return { caller, release, mayBeBusy: true };
    await caller[Symbol.asyncDispose]();
  }
  await release();
  throw new Error('the decoy was never given a job');
};

const losesItsAgent: Story = async (world) => {
  const caller = await world.greeted(cafe);
  const holder = await world.holderOf(caller);
  if (holder === undefined) throw new Error('nobody holds the call');
  process.kill(holder.pid, 'SIGKILL');
  return { caller, wasTalking: true };
};

/** Nobody is told of the call: the doomed replica finds its room by itself. */
const isNotTold: Story = async (world) => {
  world.relay.targets = [];
  return { caller: await world.dial(cafe) };
};

const stories: Partial<Record<Step, Story>> = {
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
  room_judged: isNotTold,
};

export const dispatchKilled: readonly Fault[] = Object.entries(stories).map(([step, story]) => ({
  name: `dispatch-killed-${step.replaceAll('_', '-')}`,
  sentence: `dispatch is killed with -9 at ${step.replaceAll('_', ' ')}`,
  bound: { what: 'the call goes on, or is refused, from the death of dispatch', ms: 10_000 },
  ...(step === 'call_placed' || step === 'lost_call_claimed' ? { quick: true as const } : {}),
  run: (world) => killedAt(step, story, world),
}));

async function killedAt(step: string, story: Story, world: World): Promise<Outcome> {
  const { fleet } = world.stack;
  await using load = await world.load(2);
  const others = [...fleet.dispatches];
  const doomed = await fleet.addDispatch({ entry: 'dev/faults/dispatch-main', env: { FAULT_AT_STEP: step } });
  const dead = doomed.part.process.exited.then(() => performance.now());
  // Alone, so that nobody else comes to the step first. The others come back the moment it is dead.
  standStill(others, 'SIGSTOP');
  world.relay.targets = [doomed.url];
  void dead.then(() => {
    standStill(others, 'SIGCONT');
    world.relay.targets = others.map(({ url }) => url);
  });
  try {
    const { caller, ...told } = await story(world, dead);
    await using _caller = caller;
    const died = await Promise.race([dead, after(deathDeadlineMs)]);
    if (died === undefined) throw new Error(`dispatch did not come to ${step}`);
    const outcome = await survivalOf(caller, told, died);
    await told.release?.();
    const mute = await load.unanswered();
    const lost = load.cut.length + mute.length + (outcome.recoveryMs === null ? 1 : 0);
    return { live: load.live.length + 1, lost, ...outcome, problems: [] };
  } finally {
    standStill(others, 'SIGCONT');
    await fleet.remove(doomed);
  }
}

async function survivalOf(
  caller: Caller,
  { wasTalking, mayBeBusy }: Omit<Told, 'caller'>,
  diedMs: number,
): Promise<Pick<Outcome, 'recoveryMs' | 'heard'>> {
  const sinceMs = () => Math.round(performance.now() - diedMs);
  if (wasTalking) {
    const heard = await caller.nextSoundMs(recoveryDeadlineMs);
    return { recoveryMs: heard === null ? null : sinceMs(), heard: `${seconds(sinceMs())} of silence, then an agent` };
  }
  await within(recoveryDeadlineMs, () => caller.state !== 'ringing');
  const tookMs = Math.max(0, sinceMs());
  if (caller.isLive) {
    const greeted = caller.phone.call.ear.firstSoundMs !== undefined || (await caller.nextSoundMs(8_000)) !== null;
    return { recoveryMs: greeted ? tookMs : null, heard: greeted ? 'the greeting' : 'silence after the answer' };
  }
  const busy = caller.state === 'refused';
  return { recoveryMs: busy && mayBeBusy ? tookMs : null, heard: busy ? 'busy' : 'ringing, to the end' };
}

function standStill(replicas: readonly Replica[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { part } of replicas) part.process.signal(signal);
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
