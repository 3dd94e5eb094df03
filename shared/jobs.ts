/** What dispatch writes into the jobs and rooms of LiveKit, for the worker that takes the job. */
import { z } from 'zod';
import { numberIdSchema, sessionIdSchema, tenantKeySchema } from './ids.ts';
import { isReason, isRefusal, type RefusalReason } from './reasons.ts';

/**
 * An INVITE that came while the database was away, admitted from memory: the database learns of it from whoever holds the
 * call, as soon as it is back.
 */
export const offlineAdmissionSchema = z.object({
  caller_number: z.string().max(256),
  sip_call_id: z.string().min(1).max(512),
  sip_from_tag: z.string().max(256),
  admitted_at: z.iso.datetime(),
});
export type OfflineAdmission = z.infer<typeof offlineAdmissionSchema>;

const callJobSchema = z.object({
  v: z.literal(1),
  kind: z.literal('call'),
  tenant: tenantKeySchema,
  session_id: sessionIdSchema,
  number_id: numberIdSchema,
  called_number: z.string().min(1).max(64),
  offline: offlineAdmissionSchema.optional(),
});
export type CallJob = z.infer<typeof callJobSchema>;

/** Left out by a dispatch of an earlier version; one that a later version knows is nobody's loss: the caller is told as ever. */
const toldReasonSchema = z
  .custom<RefusalReason>((code) => typeof code === 'string' && isReason(code) && isRefusal(code))
  .optional()
  .catch(undefined);

/** What a caller gets who is refused and does not simply hear busy. */
const refusalAnswers = {
  message: z.object({
    action: z.literal('message'),
    reason: toldReasonSchema,
    refusal_id: z.coerce.number().int(),
    language: z.string(),
    /** The tenant's own recording; null: the sentence that is shipped in that language. */
    audio_url: z.string().nullable(),
  }),
  forward: z.object({
    action: z.literal('forward'),
    reason: toldReasonSchema,
    refusal_id: z.coerce.number().int(),
    language: z.string(),
    /** A number or an extension, as the exchange is to dial it. */
    to: z.string(),
  }),
};
export const refusalAnswerSchema = z.discriminatedUnion('action', [
  z.object({ action: z.literal('busy') }),
  refusalAnswers.message,
  refusalAnswers.forward,
]);
export type RefusalAnswer = z.infer<typeof refusalAnswerSchema>;
/** A refused caller who is told so, or sent on, by an agent that has no conversation and uses no provider. */
export type SpokenRefusal = Exclude<RefusalAnswer, { action: 'busy' }>;

const refusalJobSchema = z.object({
  v: z.literal(1),
  kind: z.literal('refusal'),
  tenant: tenantKeySchema,
  number_id: numberIdSchema,
  called_number: z.string().min(1).max(64),
  answer: z.discriminatedUnion('action', [refusalAnswers.message, refusalAnswers.forward]),
});
export type RefusalJob = z.infer<typeof refusalJobSchema>;

/** Written by dispatch into the job, read by the worker that takes it. */
export const jobMetadataSchema = z.discriminatedUnion('kind', [callJobSchema, refusalJobSchema]);
export type JobMetadata = z.infer<typeof jobMetadataSchema>;

/** Written by dispatch into the room, for whoever looks at the room: called and caller number, tenant, session. */
export const roomMetadataSchema = callJobSchema.extend({ caller_number: z.string().max(256) });
export type RoomMetadata = z.infer<typeof roomMetadataSchema>;
