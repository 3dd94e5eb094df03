/** THE PATH of one call, from the job to the settled record. Read serve() first: one step a line, each step one file. */
import type { JobAssignment } from '@livekit/protocol';
import { coerceError } from '../shared/faults.ts';
import { Apology, watchProviders } from './apologise.ts';
import { meetCaller } from './backend/caller-lookup.ts';
import { BusinessAgent } from './business-agent.ts';
import { runInCall } from './call-context.ts';
import { markAnswered, takeCall, takeLater } from './claim.ts';
import { serveClosed } from './closed.ts';
import { agentPart } from './closing-hours.ts';
import { Conversation } from './conversation.ts';
import { type CallEnds, type CallOutcome, watchRoom } from './ends.ts';
import { noteConfig, openGate } from './gate.ts';
import { greet } from './greet.ts';
import { Hearing } from './hearing.ts';
import { type CallIdentity, identify } from './identify.ts';
import { lastWordsHeard } from './last-words.ts';
import { watchLimits } from './limits.ts';
import { lookUp } from './lookup.ts';
import { MuteWatch } from './mute-watch.ts';
import { type Call, openCall, scopeOf } from './open-call.ts';
import type { CallPlatform } from './platform.ts';
import { buildServices } from './services.ts';
import { settle } from './settle.ts';
import { templateValues } from './template-values.ts';
import { toolsFor } from './tools/index.ts';

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

/** Every way out of serve() passes here, so that a call of ours always ends in a free slot and one record. */
async function run(call: Call): Promise<CallOutcome> {
  const { ends, identity, platform, log, record, timings, releases } = call;
  const outcome = await serve(call).catch((thrown: unknown) => ends.end('agent_failed', coerceError(thrown)));
  const ours = outcome.kind === 'ended';
  const failed = (what: string) => (thrown: unknown) => log.warn({ err: coerceError(thrown) }, what);
  if (outcome.kind === 'ended') await lastWordsHeard(outcome.reason);
  // Whoever ended it: LiveKit SIP may hold the slot of a caller who vanished for half a minute more.
  if (ours) await platform.rooms.delete(identity.room).catch(failed('the room could not be deleted'));
  await releases.close().catch(failed('not all was released'));
  if (ours) {
    timings.mark('ended');
    const { session } = identity;
    const settlement = { session, worker: platform.worker, reason: outcome.reason, record: record.take() };
    await settle(settlement, platform.database, log);
  }
  record.logEnd(outcome, log);
  return outcome;
}

/** The call itself. Until publish() the caller hears ringing, and every end there is still a busy tone. */
async function serve(call: Call): Promise<CallOutcome> {
  const { identity, platform, ends, timings, record, log, room, releases } = call;
  releases.add('room', () => room.leave());
  watchRoom(room, ends);
  const [joined, claim, lookup] = await Promise.all([
    timings.of('joined', room.join()),
    timings.of('taken', takeCall(identity.session, platform)),
    timings.of('looked_up', lookUp(identity, platform.numbers)),
  ]);
  if (claim.outcome === 'not_ours') return { kind: 'not_ours', why: claim.why };
  if (joined.outcome === 'failed') return ends.end('agent_failed', joined.cause);
  if (joined.outcome === 'nobody') return ends.callerLeft();
  log.setBindings({ call: joined.caller.attributes['sip.callIDFull'] });

  const gate = openGate(identity, lookup, platform.keyRing);
  if (gate.outcome === 'refused') return ends.refuse(gate);
  const { config, keys } = gate;
  noteConfig(call, gate, claim);
  if (claim.outcome === 'away') void takeLater(call);
  const services = buildServices(config, keys, log);
  releases.add('provider services', () => services.close());
  const conversation = new Conversation({ room: room.room, caller: joined.caller, config, services });
  const { session } = conversation;
  releases.add('conversation', () => conversation.close());
  record.listenTo(session, services);
  const tools = { ...call, config, keys, caller: joined.caller, session: () => session };
  const recordings = platform.recordings.open(identity.tenant, config, log);
  const apology = new Apology({ call: tools, session, config, values: templateValues(tools), recordings });
  watchProviders(session, apology, log);
  const ears = services.mode === 'pipeline' ? services.stt : undefined;
  const hearing = new Hearing(session, ears, (cause) => apology.giveUp(cause, 'ears'), log);
  releases.add('hearing', () => hearing.close());
  const mute = new MuteWatch(session, call.activity, conversation.speaker);
  const part = agentPart(config, platform.clock.now());
  const agent = new BusinessAgent(tools, part === 'talks' ? toolsFor(tools) : [], hearing, part);
  if (part === 'talks') void meetCaller(agent, tools);
  await timings.of('session_started', conversation.start(agent));

  if (ends.reached !== undefined) return ends.reached;
  ends.reach('answering');
  await Promise.race([conversation.publish(), ends.first]);
  if (ends.reached !== undefined) return ends.reached;
  ends.reach('answered');
  timings.mark('published');
  log.info({ timings: timings.all() }, 'call answered');
  void markAnswered(identity.session, platform, log);
  if (part !== 'talks') return await serveClosed(tools, part, recordings);
  releases.add(
    'mute watch',
    mute.start((cause) => apology.giveUp(cause, 'mute')),
  );
  greet(session, config.greeting, recordings, tools);
  releases.add('limits', watchLimits(session, config.turn, call));
  releases.add('keypad', call.keypad.listen(session));
  return await ends.first;
}
