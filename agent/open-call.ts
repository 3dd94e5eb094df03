/** Everything one call owns from its first moment on. */
import type { JobAssignment } from '@livekit/protocol';
import { Releases } from '../shared/lifecycle.ts';
import { callLog, type Logger } from '../shared/log.ts';
import { Adoption } from './adopt.ts';
import type { CallScope } from './call-context.ts';
import { CallRoom } from './call-room.ts';
import { CallEnds } from './ends.ts';
import type { ProviderFailed } from './fallback/succession.ts';
import type { CallIdentity } from './identify.ts';
import { Keypad } from './keypad.ts';
import type { CallPlatform } from './platform.ts';
import { reportTo } from './provider-report.ts';
import { CallRecorder } from './record.ts';
import { Tickets, ticketsDeadlineMs } from './tickets.ts';
import { Timings } from './timings.ts';
import { ToolActivity } from './tool-activity.ts';

export interface Call {
  readonly identity: CallIdentity;
  readonly platform: CallPlatform;
  readonly log: Logger;
  readonly ends: CallEnds;
  readonly timings: Timings;
  readonly record: CallRecorder;
  readonly room: CallRoom;
  readonly keypad: Keypad;
  readonly activity: ToolActivity;
  readonly providerFailed: ProviderFailed;
  /** Whether the database knows of the call. */
  readonly adoption: Adoption;
  readonly tickets: Tickets;
  readonly releases: Releases;
}

/** @param offeredMs monotonic time at which the job was offered */
export function openCall(identity: CallIdentity, offeredMs: number, platform: CallPlatform): Call {
  const timings = new Timings(platform.clock, offeredMs);
  const log = callLog(platform.log, fieldsOf(identity));
  const { database, worker } = platform;
  const tickets = new Tickets({ session: identity.session, worker, database, log });
  const releases = new Releases();
  // First in, last out: the end of the talk may bring a message.
  releases.add('tickets', () => tickets.close(), ticketsDeadlineMs);
  const room = new CallRoom();
  const record = new CallRecorder(timings);
  releases.add('notes', platform.notes.follow(identity.session, record));
  return {
    identity,
    platform,
    log,
    ends: new CallEnds(),
    timings,
    record,
    room,
    keypad: new Keypad(room.room),
    activity: new ToolActivity(),
    providerFailed: reportTo({ identity, platform, record, log }),
    adoption: new Adoption(identity),
    tickets,
    releases,
  };
}

export function scopeOf({ identity, room, platform }: Call, assignment: JobAssignment): CallScope {
  return {
    fields: fieldsOf(identity),
    assignment,
    room: room.room,
    livekitUrl: assignment.url || platform.livekitUrl,
  };
}

function fieldsOf({ room, session, tenant, number }: CallIdentity) {
  return { room, session, tenant, number };
}
