/** dispatch dies at each of its steps. What it was about to do, another replica finishes. */
import type { Replica } from '../stack/fleet.ts';
import { type Story, type Survival, stories, type Told } from './dispatch-stories.ts';
import type { Fault, Outcome } from './fault.ts';
import type { World } from './world.ts';

const deathDeadlineMs = 20_000;

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
    const told = await story(world, dead);
    const outcome = await survivalOf(step, told, dead).finally(() => told.release());
    const mute = await load.unanswered();
    const lost = load.cut.length + mute.length + (outcome.recoveryMs === null ? 1 : 0);
    return { live: load.live.length + 1, lost, ...outcome, problems: [] };
  } finally {
    standStill(others, 'SIGCONT');
    await fleet.remove(doomed);
  }
}

async function survivalOf(step: string, told: Told, dead: Promise<number>): Promise<Survival> {
  const died = await Promise.race([dead, after(deathDeadlineMs)]);
  if (died === undefined) throw new Error(`dispatch did not come to ${step}`);
  return told.survival(died);
}

function standStill(replicas: readonly Replica[], signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const { part } of replicas) part.process.signal(signal);
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
