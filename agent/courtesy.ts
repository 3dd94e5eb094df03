/**
 * What a refused caller gets when the number wants more than busy: one recorded sentence, or another telephone. No conversation
 * and no service is made for it, nothing is asked of a provider and no key is opened, so refused calls cost nobody anything.
 *
 * It holds no lease and is no session: `active_refusals` counts it, and forgets it after a minute.
 */
import type { JobAssignment } from '@livekit/protocol';
import { parseDestinationUri } from '../shared/destination.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import { Releases } from '../shared/lifecycle.ts';
import { callLog, type Logger } from '../shared/log.ts';
import { Announcer } from './announcer.ts';
import { CallRoom, closeRoom, isAgent } from './call-room.ts';
import type { RefusedCaller } from './identify.ts';
import { untilHeard } from './last-words.ts';
import type { CallPlatform } from './platform.ts';
import { CallerPresence, type Departure } from './presence.ts';
import { endRefusal, type RefusalOutcome } from './refusal-end.ts';
import { recordingFor } from './refusal-recording.ts';
import { shippedSentence } from './shipped-voices.ts';

/** Whatever happens, nobody keeps a refused caller for longer. */
const longestMs = { message: 30_000, forward: 40_000 } as const;
/** Less than for a caller who was served: within the 40 s the sentence is to follow. */
const ringingS = 22;

/** A refused caller as the shard sees it. */
export interface RunningCourtesy {
  /** Closes the line at once. */
  end(): void;
  /** Settles when everything is released and the outcome is recorded. Never rejects. */
  readonly finished: Promise<void>;
}

interface Courtesy {
  readonly refused: RefusedCaller;
  readonly platform: CallPlatform;
  readonly log: Logger;
  readonly room: CallRoom;
  readonly presence: CallerPresence;
  readonly releases: Releases;
  /** Our audio is on its way to being published, which answers the call. */
  answered: boolean;
}

/** `placed_twice`: another agent tells this caller already, the room is not ours to touch. */
type Served = RefusalOutcome | 'placed_twice';

export function startCourtesy(
  assignment: JobAssignment,
  refused: RefusedCaller,
  platform: CallPlatform,
): RunningCourtesy {
  const { tenant, number } = refused;
  const log = callLog(platform.log, { room: refused.room, tenant, number });
  const url = assignment.url || platform.livekitUrl;
  // Nothing that the caller says is listened to.
  const options = { autoSubscribe: false, dynacast: false };
  const room = new CallRoom((native) => native.connect(url, assignment.token, options));
  const presence = new CallerPresence(room.room);
  const courtesy = { refused, platform, log, room, presence, releases: new Releases(), answered: false };
  return { finished: run(courtesy), end: () => presence.closeLine() };
}

async function run(courtesy: Courtesy): Promise<void> {
  const { refused, platform, log, room, releases } = courtesy;
  const { action, refusal_id: refusalId } = refused.answer;
  const beganMs = platform.clock.monotonicMs();
  const failed = (what: string) => (thrown: unknown) => log.warn({ err: coerceError(thrown) }, what);
  releases.add('room', () => room.leave());
  const served = await withDeadline(`the ${action}`, longestMs[action], serve(courtesy)).catch((thrown: unknown) => {
    failed('a refused caller could not be told')(thrown);
    return courtesy.answered ? 'failed' : 'busy';
  });
  if (served !== 'placed_twice') await closeRoom(room, refused.room, platform.rooms, failed);
  await releases.close().catch(failed('not all was released'));
  if (served !== 'placed_twice') await endRefusal(refusalId, served, platform.database, log);
  const ms = Math.round(platform.clock.monotonicMs() - beganMs);
  log.info({ answer: action, outcome: served, ms }, 'refused caller told');
}

/** Until the audio is published the caller hears ringing, and every end there is still a busy tone. */
async function serve(courtesy: Courtesy): Promise<Served> {
  const { refused, platform, log, room, presence, releases } = courtesy;
  const { answer } = refused;
  const own = answer.action === 'message' ? recordingFor(refused, answer.audio_url, platform, log) : undefined;
  const joined = await room.join();
  if (joined.outcome === 'failed') throw joined.cause;
  if (joined.outcome === 'nobody') return 'caller_left';
  if ([...room.room.remoteParticipants.values()].some(isAgent)) return 'placed_twice';

  const sentence = answer.reason === 'outside_hours' ? 'closed' : 'busy';
  const sound = (await own) ?? shippedSentence(sentence, answer.language).sound;
  if (presence.departure !== undefined) return outcomeOf(presence.departure, courtesy);
  courtesy.answered = true;
  const announcer = new Announcer(sound.sampleRate);
  releases.add('announcer', () => announcer.close());
  await announcer.publish(room.room);
  await presence.untilConnected(joined.caller);
  if (answer.action === 'forward' && presence.departure === undefined) {
    if (await forward(courtesy, answer.to, joined.caller.identity)) return 'forwarded';
  }
  const heard = announcer.play(sound).then(untilHeard);
  const departure = await Promise.race([heard, presence.over]);
  if (departure !== undefined) return outcomeOf(departure, courtesy);
  return answer.action === 'message' ? 'played' : 'failed';
}

function outcomeOf(departure: Departure, { answered }: Courtesy): RefusalOutcome {
  if (departure === 'caller_left') return 'caller_left';
  return answered ? 'failed' : 'busy';
}

/**
 * Meanwhile the caller hears ringing. One who leaves decides nothing: they may be with somebody else already, and LiveKit SIP
 * says "connected" of both.
 */
async function forward({ refused, platform, log }: Courtesy, to: string, caller: string): Promise<boolean> {
  const parsed = parseDestinationUri(`tel:${to}`);
  if (parsed.kind === 'malformed') {
    log.error({ problem: parsed.problem }, 'refused callers cannot be forwarded there');
    return false;
  }
  const referred = await platform.transfers.refer(refused.room, caller, parsed.uri, ringingS);
  if (referred.outcome === 'connected') return true;
  log.info({ outcome: referred.outcome, why: referred.cause.message }, 'refused caller could not be forwarded');
  return false;
}
