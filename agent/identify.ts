/** Whose call is this? Dispatch said so in the job's metadata; the room says where the caller waits. */
import type { Job } from '@livekit/protocol';
import { jobMetadataSchema } from '../shared/contracts.ts';
import { type NumberId, type RoomName, roomNameSchema, type SessionId, type TenantKey } from '../shared/ids.ts';
import { parseJson } from '../shared/json.ts';

export interface CallIdentity {
  readonly tenant: TenantKey;
  readonly session: SessionId;
  readonly number: NumberId;
  readonly calledNumber: string;
  readonly room: RoomName;
}

export type Identified =
  | { readonly outcome: 'identified'; readonly identity: CallIdentity }
  /** Not dispatched by us, or by another version of us: nothing can be looked up or settled for it. */
  | { readonly outcome: 'unreadable'; readonly problem: string };

export function identify(job: Job | undefined): Identified {
  if (job === undefined) return { outcome: 'unreadable', problem: 'the assignment has no job' };
  const room = roomNameSchema.safeParse(job.room?.name);
  if (!room.success) return { outcome: 'unreadable', problem: 'the job names no room' };
  const metadata = jobMetadataSchema.safeParse(parseJson(job.metadata));
  if (!metadata.success) {
    const problem = metadata.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return { outcome: 'unreadable', problem: `job metadata: ${problem}` };
  }
  if (metadata.data.kind !== 'call') return { outcome: 'unreadable', problem: `a job of kind ${metadata.data.kind}` };
  const { tenant, session_id: session, number_id: number, called_number: calledNumber } = metadata.data;
  return { outcome: 'identified', identity: { tenant, session, number, calledNumber, room: room.data } };
}
