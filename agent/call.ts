/** THE PATH of one call, from the job to the settled record. Read serve() first: one step a line, each step one file. */
import type { JobAssignment } from '@livekit/protocol';
import { coerceError } from '../shared/faults.ts';
import { Releases } from '../shared/lifecycle.ts';
import { callLog, type Logger } from '../shared/log.ts';
import { watchProviders } from './apologise.ts';
import { businessAgent } from './business-agent.ts';
import { runInCall } from './call-context.ts';
import { CallRoom } from './call-room.ts';
import { markAnswered, takeCall } from './claim.ts';
import { type CallEnd, CallEnds, watchRoom } from './ends.ts';
import { openGate } from './gate.ts';
import { greet } from './greet.ts';
import { type CallIdentity, identify } from './identify.ts';
import { listenToKeypad } from './keypad.ts';
import { watchLimits } from './limits.ts';
import { lookUp } from './lookup.ts';
import type { CallPlatform } from './platform.ts';
import { buildServices } from './providers/index.ts';
import { CallRecorder } from './record.ts';
import { startConversation } from './session.ts';
import { settle } from './settle.ts';
import { Timings } from './timings.ts';

/** A call as its shard sees it. */
export interface RunningCall {
  readonly identity: CallIdentity;
  readonly ends: CallEnds;
  /** Settles when everything of the call is released and its record is written. Never rejects. */
  readonly finished: Promise<CallEnd | undefined>;
}

interface Call {
  readonly identity: CallIdentity;
  readonly platform: CallPlatform;
  readonly log: Logger;
  readonly ends: CallEnds;
  readonly timings: Timings;
  readonly record: CallRecorder;
  readonly room: CallRoom;
  readonly releases: Releases;
}

/** Undefined for a job that is none of ours. @param offeredMs monotonic time at which the job was offered */
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
  const { identity } = identified;
  const fields = { room: identity.room, session: identity.session, tenant: identity.tenant, number: identity.number };
  const timings = new Timings(platform.clock, offeredMs);
  const call: Call = {
    identity,
    platform,
    log: callLog(platform.log, fields),
    ends: new CallEnds(),
    timings,
    record: new CallRecorder(timings),
    room: new CallRoom(),
    releases: new Releases(),
  };
  const scope = { fields, assignment, room: call.room.room, livekitUrl: assignment.url || platform.livekitUrl };
  return { identity, ends: call.ends, finished: runInCall(scope, () => run(call)) };
}

/** Every way out of serve() passes here, so that a call always ends in a freed slot and one record. */
async function run(call: Call): Promise<CallEnd | undefined> {
  const { ends, identity, platform, log, record, timings } = call;
  const end = await serve(call).catch((thrown: unknown) => ends.end('agent_failed', coerceError(thrown)));
  if (end !== undefined) await hangUp(call);
  await call.releases
    .close()
    .catch((thrown: unknown) => log.warn({ err: coerceError(thrown) }, 'not all was released'));
  if (end === undefined) return undefined;
  timings.mark('ended');
  await settle({ session: identity.session, reason: end.reason, record: record.take() }, platform.database, log);
  record.logEnd(end, log);
  return end;
}

/** The call itself. Until publish() the caller hears ringing, and every end there is still a busy tone. */
async function serve(call: Call): Promise<CallEnd | undefined> {
  const { identity, platform, ends, timings, record, log, room, releases } = call;
  releases.add('room', () => room.leave());
  watchRoom(room, ends);
  const [caller, claim, lookup] = await Promise.all([
    timings.of('joined', room.join()),
    timings.of('taken', takeCall(identity.session, platform)),
    timings.of('looked_up', lookUp(identity, platform.database)),
  ]);
  if (claim.outcome === 'not_ours') return void log.info({ why: claim.why }, 'the call is not ours');
  if (claim.outcome === 'away') return ends.end('database_away', claim.cause);
  if (caller === undefined) return ends.callerLeft();
  log.setBindings({ call: caller.attributes['sip.callIDFull'] });
  const gate = openGate(identity, lookup, platform.keysSecret);
  if (gate.outcome === 'refused') return ends.refuse(gate);

  const { config, keys } = gate;
  const services = buildServices(config, keys);
  releases.add('provider services', () => services.close());
  const agent = businessAgent(config, ends);
  const conversation = await startConversation({ room: room.room, caller, config, services, agent });
  releases.add('conversation', () => conversation.close());
  const { session } = conversation;
  record.listenTo(session, config);
  watchProviders(session, config.apology, ends, log);
  timings.mark('session_started');

  await Promise.race([conversation.publish(), ends.first]);
  if (ends.reached !== undefined) return ends.reached;
  ends.markAnswered();
  timings.mark('published');
  log.info({ publishedMs: timings.all()['published'] }, 'call answered');
  greet(session, config.greeting, timings, log);
  markAnswered(identity.session, platform).catch((thrown: unknown) =>
    log.warn({ err: coerceError(thrown) }, 'the answer could not be recorded'),
  );
  releases.add('limits', watchLimits(session, config.turn, ends));
  releases.add('keypad', listenToKeypad(room.room, session));
  return await ends.first;
}

/** Closes the room whoever ended the call: LiveKit SIP may hold a vanished caller's slot for half a minute more. */
async function hangUp({ identity, platform, log }: Call): Promise<void> {
  await platform.rooms.delete(identity.room).catch((thrown: unknown) => {
    log.warn({ err: coerceError(thrown) }, 'the room could not be deleted');
  });
}
