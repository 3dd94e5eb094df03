/** Whose call is this? Dispatch said so in the job's metadata; the room says where the caller waits. */
import type { Job } from '@livekit/protocol';
import { type NumberId, type RoomName, roomNameSchema, type SessionId, type TenantKey } from '../shared/ids.ts';
import { type JobMetadata, jobMetadataSchema, type OfflineAdmission, type SpokenRefusal } from '../shared/jobs.ts';
import { parseJson } from '../shared/json.ts';

export interface CallIdentity {
  readonly tenant: TenantKey;
  readonly session: SessionId;
  readonly number: NumberId;
  readonly calledNumber: string;
  readonly room: RoomName;
  /** Admitted while the database was away, which does not know of it. */
  readonly offline?: OfflineAdmission;
}

export type Identified =
  | { readonly outcome: 'identified'; readonly identity: CallIdentity }
  /** Not dispatched by us, or by another version of us: nothing can be looked up or settled for it. */
  | { readonly outcome: 'unreadable'; readonly problem: string };

/** A caller whom dispatch refused, and who is to be told so. */
export interface RefusedCaller {
  readonly tenant: TenantKey;
  readonly number: NumberId;
  readonly calledNumber: string;
  readonly room: RoomName;
  readonly answer: SpokenRefusal;
}

export function identify(job: Job | undefined): Identified {
  const read = readJob(job);
  if ('problem' in read) return { outcome: 'unreadable', problem: read.problem };
  const { room, metadata } = read;
  if (metadata.kind !== 'call') return { outcome: 'unreadable', problem: `a job of kind ${metadata.kind}` };
  const { tenant, session_id: session, number_id: number, called_number: calledNumber, offline } = metadata;
  const identity = { tenant, session, number, calledNumber, room, ...(offline && { offline }) };
  return { outcome: 'identified', identity };
}

/** Undefined for a job of any other kind, and for one that cannot be read. */
export function identifyRefused(job: Job | undefined): RefusedCaller | undefined {
  const read = readJob(job);
  if ('problem' in read || read.metadata.kind !== 'refusal') return undefined;
  const { tenant, number_id: number, called_number: calledNumber, answer } = read.metadata;
  return { tenant, number, calledNumber, room: read.room, answer };
}

function readJob(job: Job | undefined): { room: RoomName; metadata: JobMetadata } | { problem: string } {
  if (job === undefined) return { problem: 'the assignment has no job' };
  const room = roomNameSchema.safeParse(job.room?.name);
  if (!room.success) return { problem: 'the job names no room' };
  const metadata = jobMetadataSchema.safeParse(parseJson(job.metadata));
  if (metadata.success) return { room: room.data, metadata: metadata.data };
  const problem = metadata.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return { problem: `job metadata: ${problem}` };
}
