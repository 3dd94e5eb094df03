/** THE PATH of one call, from the job to the settled record. Read serve() first: one step a line, each step one file. */
import type { JobAssignment } from '@livekit/protocol';
import type { TenantConfig } from '../shared/config/index.ts';
import type { EarlierTalk } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import { prepareAhead } from './ahead.ts';
import { meetCaller } from './backend/caller-lookup.ts';
import { runInCall } from './call-context.ts';
import { closeRoom } from './call-room.ts';
import { handOver, markAnswered, takeCall, takeLater } from './claim.ts';
import { serveClosed } from './closed.ts';
import type { CallEnds, CallOutcome } from './ends.ts';
import { noteConfig, openGate } from './gate.ts';
import { greet } from './greet.ts';
import { type CallIdentity, identify } from './identify.ts';
import { lastWordsHeard, sentenceSaid } from './last-words.ts';
import { unlessLost } from './leases.ts';
import { watchLimits } from './limits.ts';
import { lookUp } from './lookup.ts';
import { type Call, openCall, scopeOf } from './open-call.ts';
import type { CallPlatform } from './platform.ts';
import { apologiseForTheGap } from './resume.ts';
import { watchRoom } from './room-watch.ts';
import { settle } from './settle.ts';
import { prepareTalk, type Talk } from './talk.ts';
import { goOnTaping } from './tape/consent.ts';

/** A call as its shard sees it. */
export interface RunningCall {
  readonly identity: CallIdentity;
  readonly ends: CallEnds;
  /** Settles when everything of the call is released and its record is written. Never rejects. */
  readonly finished: Promise<CallOutcome>;
}

/** Undefined for a job that is no call of ours. @param offeredMs monotonic time at which the job was offered */
export function startCall(
  assignment: JobAssignment,
  offeredMs: number,
  platform: CallPlatform,
): RunningCall | undefined {
  const identified = identify(assignment.job);
  if (identified.outcome === 'unreadable') {
    platform.log.error({ problem: identified.problem }, 'job without a call');
    return undefined;
  }
  const call = openCall(identified.identity, offeredMs, platform);
  const finished = runInCall(scopeOf(call, assignment), () => run(call));
  return { identity: call.identity, ends: call.ends, finished };
}

/** Every way out of serve() passes here, so that a call of ours always ends in a free slot and one record, or elsewhere. */
async function run(call: Call): Promise<CallOutcome> {
  const { ends, identity, platform, log, record, timings, releases, adoption } = call;
  const reached = await serve(call).catch((thrown: unknown) => ends.broken(coerceError(thrown)));
  const outcome = await unlessLost(reached, call);
  const ours = outcome.kind === 'ended';
  if (outcome.kind === 'handed_over') await handOver(call);
  const failed = (what: string) => (thrown: unknown) => log.warn({ err: coerceError(thrown) }, what);
  if (outcome.kind === 'ended') await lastWordsHeard(outcome.reason);
  // Whoever ended it: LiveKit SIP may hold the slot of a caller who vanished for half a minute more.
  if (ours) await closeRoom(call.room, identity.room, platform.rooms, failed);
  await releases.close().catch(failed('not all was released'));
  if (ours) {
    timings.mark('ended');
    const adopt = adoption.owed;
    const ended_at = new Date(platform.clock.now()).toISOString();
    const settlement = { session: identity.session, reason: outcome.reason, record: { ...record.take(), ended_at } };
    await settle({ ...settlement, ...(adopt && { adopt: { ...adopt } }) }, platform, log);
  }
  record.logEnd(outcome, log);
  return outcome;
}

/** The call itself. Until publish() the caller hears ringing, and every end there is still a busy tone. */
async function serve(call: Call): Promise<CallOutcome> {
  const { identity, platform, ends, timings, log, room, releases } = call;
  releases.add('room', () => room.leave());
  watchRoom(room, ends);
  const turn = platform.turns.next();
  releases.add('turn', async () => turn.end());
  const joining = timings.of('joined', room.join(turn.came));
  const [claim, lookup] = await Promise.all([
    timings.of('taken', takeCall(call)),
    timings.of('looked_up', lookUp(identity, platform.numbers)),
  ]);
  const gate = claim.outcome === 'not_ours' ? claim : openGate(identity, lookup, platform.keyRing, claim);
  const ahead = gate.outcome === 'open' ? prepareAhead(call, gate, claim) : gate;
  const joined = await joining;
  if (ahead.outcome === 'not_ours') return ends.neverOurs(ahead.why);
  if (joined.outcome === 'failed') return ends.notJoined(joined.cause);
  if (joined.outcome === 'nobody') return ends.callerLeft();
  log.setBindings({ call: joined.caller.attributes['sip.callIDFull'] });

  if (ahead.outcome === 'refused') return ends.refuse(ahead);
  noteConfig(call, ahead.gate, claim);
  if (claim.outcome === 'away') void takeLater(call);
  const talk = prepareTalk(call, ahead, joined.caller);
  if (talk.part === 'talks') void meetCaller(talk.agent, talk.context);
  await timings.of('session_started', talk.conversation.start(talk.agent));

  if (ends.reached !== undefined) return ends.reached;
  ends.reach('answering');
  const unheard = (thrown: unknown) => ends.handOver(`no audio could be published: ${coerceError(thrown).message}`);
  await Promise.race([talk.conversation.publish().catch(unheard), ends.first]);
  turn.end();
  if (ends.reached !== undefined) return ends.reached;
  ends.reach('answered');
  ends.untilSaid = () => sentenceSaid(talk.session);
  timings.mark('published');
  log.info({ timings: timings.all() }, 'call answered');
  void markAnswered(call);
  try {
    if (talk.part !== 'talks') return await serveClosed(talk.context, talk.part, talk.recordings, ahead.earlier);
    greetAndTalk(call, ahead.gate.config, talk, ahead.earlier);
  } catch (thrown) {
    // Whatever it is, they are on the line and not to be left with silence.
    talk.apology.giveUp(coerceError(thrown), 'mute');
  }
  return await ends.first;
}

/** From the answered line on the caller talks with the agent, and everything that could end it is watched. */
function greetAndTalk(call: Call, config: TenantConfig, talk: Talk, earlier: EarlierTalk | undefined): void {
  const { session, apology, mute } = talk;
  const { releases, keypad, timings } = call;
  releases.add(
    'mute watch',
    mute.start((cause) => apology.giveUp(cause, 'mute')),
  );
  if (earlier === undefined) greet(talk);
  else {
    void goOnTaping(talk, earlier);
    void apologiseForTheGap(session, config, call);
  }
  releases.add('limits', watchLimits(session, config.turn, call, earlier === undefined ? 0 : timings.sinceBeginMs()));
  releases.add('keypad', keypad.listen(session));
}
