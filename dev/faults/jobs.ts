/** Jobs that nobody takes, agents that never speak, pools without a worker. */
import { phrases } from '../../shared/config/phrases.ts';
import { cafe, cafePool, devKey, emptyPool, moveCafe } from './businesses.ts';
import { within } from './caller.ts';
import { Decoy, openRoomWithoutCaller } from './decoy.ts';
import type { Fault, Outcome } from './fault.ts';
import { seconds } from './printing.ts';
import { outcomeOf } from './ringing.ts';

const loadOfOthers = 3;
/** Longer than LiveKit waits for a worker to answer an offer, shorter than dispatch waits for an agent. */
const missedMs = 3_300;

export const jobMissed: Fault = {
  name: 'job-missed',
  sentence: 'A job is not taken: the workers of the pool stand still for a moment',
  bound: { what: 'the call, placed again 4 s after the first time, is answered', ms: 6_000 },
  async run(world) {
    await using load = await world.load(loadOfOthers);
    world.signalCafe('SIGSTOP');
    const thaw = setTimeout(() => world.signalCafe('SIGCONT'), missedMs);
    await using caller = await world.dial(cafe);
    const wait = await outcomeOf(caller);
    clearTimeout(thaw);
    world.signalCafe('SIGCONT');
    return {
      live: load.live.length + 1,
      lost: load.cut.length + (wait.outcome === 'greeted' ? 0 : 1),
      recoveryMs: wait.outcome === 'greeted' ? wait.ms : null,
      heard: wait.heard,
      problems: [],
    };
  },
};

export const jobNeverTaken: Fault = {
  name: 'job-never-taken',
  sentence: 'A job is not taken, and not taken again',
  bound: { what: 'the caller hears busy', ms: 10_000 },
  async run(world) {
    await using load = await world.load(loadOfOthers);
    world.signalCafe('SIGSTOP');
    try {
      await using caller = await world.dial(cafe);
      const wait = await outcomeOf(caller);
      return {
        live: load.live.length + 1,
        lost: load.cut.length,
        recoveryMs: wait.outcome === 'busy' ? wait.ms : null,
        heard: wait.heard,
        problems: [],
      };
    } finally {
      world.signalCafe('SIGCONT');
    }
  },
};

export const agentUnpublished: Fault = {
  name: 'agent-unpublished',
  sentence: 'An agent joins and never publishes its sound',
  bound: { what: 'another agent has answered, from the joining of the first', ms: 5_000 },
  async run(world) {
    await using load = await world.load(loadOfOthers);
    await using decoy = await Decoy.open(world.stack.livekit, cafePool);
    for (let attempt = 1; attempt <= 12; attempt++) {
      await using caller = await world.dial(cafe);
      await within(2_500, () => decoy.joinedMs !== undefined || caller.state !== 'ringing');
      if (decoy.joinedMs === undefined) continue;
      decoy.retire();
      const dialledMs = performance.now() - caller.phone.call.sinceInviteMs();
      const wait = await outcomeOf(caller);
      const greeted = wait.outcome === 'greeted';
      return {
        live: load.live.length + 1,
        lost: load.cut.length + (greeted ? 0 : 1),
        recoveryMs: greeted ? Math.round((wait.ms ?? 0) + dialledMs - decoy.joinedMs) : null,
        heard: wait.heard,
        problems: [],
      };
    }
    throw new Error('the decoy was never given a job');
  },
};

export const roomWithoutCaller: Fault = {
  name: 'room-without-caller',
  sentence: 'A room is left in which an agent waits and no caller is',
  bound: { what: 'the room is closed', ms: 13_000 },
  async run(world) {
    await using load = await world.load(loadOfOthers);
    await using decoy = await Decoy.open(world.stack.livekit, emptyPool);
    const room = await openRoomWithoutCaller(world.stack.livekit, emptyPool);
    if (!(await within(5_000, () => decoy.joinedMs !== undefined))) throw new Error('the decoy was not given the job');
    const fromMs = decoy.joinedMs ?? 0;
    const closed = await within(40_000, () => decoy.removedFrom.includes(room));
    return {
      live: load.live.length,
      lost: load.cut.length,
      recoveryMs: closed ? Math.round(performance.now() - fromMs) : null,
      heard: 'nothing: nobody is there',
      problems: [],
    };
  },
};

export const poolEmpty: Fault = {
  name: 'pool-empty',
  sentence: 'A call comes for a pool in which no worker runs',
  bound: { what: 'the caller hears busy', ms: 2_000 },
  async run(world) {
    await using load = await world.load(loadOfOthers);
    await moveCafe(world.rows, emptyPool);
    try {
      await using caller = await world.dial(cafe);
      const wait = await outcomeOf(caller);
      const record = await world.records.of(caller.phone.callId);
      const reason = record.outcome === 'refused' ? record.reason : record.endReason;
      return {
        live: load.live.length,
        lost: load.cut.length,
        recoveryMs: wait.outcome === 'busy' ? wait.ms : null,
        heard: wait.heard,
        problems: reason === 'pool_unavailable' ? [] : [`the reason on record is ${reason}`],
      };
    } finally {
      await moveCafe(world.rows, cafePool);
    }
  },
};

export const agentMute: Fault = {
  name: 'agent-mute',
  sentence: 'The voice of an agent falls silent in mid-call: requests are taken and never answered',
  bound: { what: 'the caller hears the recorded apology', ms: 12_000 },
  async run(world): Promise<Outcome> {
    await using load = await world.load(loadOfOthers);
    await using caller = await world.greeted(cafe);
    await world.answerAsUsual([{ match: { kind: 'speech', key: devKey('openai', cafe) }, fault: { type: 'silence' } }]);
    const saidMs = await caller.phone.say(cafe.question);
    const sound = await within(30_000, () => (caller.phone.call.ear.lastSoundMs ?? 0) > saidMs || !caller.isLive);
    const recoveryMs = sound && caller.isLive ? Math.round(caller.phone.call.sinceInviteMs() - saidMs) : null;
    await within(20_000, () => !caller.isLive);
    const apology = { text: phrases.en.apology, language: 'en' } as const;
    const heard = await world.heardBy(caller, [apology, cafe.answer], saidMs);
    const mute = await load.unanswered();
    return {
      live: load.live.length + 1,
      lost: load.cut.length + mute.length,
      recoveryMs,
      heard: recoveryMs === null ? 'silence' : `${seconds(recoveryMs)} of silence, then "${heard.join(' ')}"`,
      problems: heard.includes(apology.text) ? [] : ['the apology was not recognised'],
    };
  },
};
