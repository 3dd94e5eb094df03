/**
 * What crosses a border inside the platform: LiveKit metadata and the rows of the SQL functions. Each border has one schema
 * and is parsed once; behind it are plain, checked types.
 */
import { z } from 'zod';
import type { CallRecord } from './call-record.ts';
import {
  type NumberId,
  numberIdSchema,
  organizationIdSchema,
  poolNameSchema,
  type RoomName,
  roomNameSchema,
  type SessionId,
  sessionIdSchema,
  sipCallIdSchema,
  type TenantKey,
  tenantKeySchema,
} from './ids.ts';
import { refusalAnswerSchema } from './jobs.ts';
import type { JsonObject } from './merge.ts';
import { isReason, isRefusal, type ReasonCode, type RefusalReason } from './reasons.ts';

const reasonSchema = z.string().transform((code, context): ReasonCode => {
  if (isReason(code)) return code;
  context.addIssue({ code: 'custom', message: `reason ${JSON.stringify(code)} is not in the catalogue` });
  return z.NEVER;
});

const refusalReasonSchema = reasonSchema.transform((code, context): RefusalReason => {
  if (isRefusal(code)) return code;
  context.addIssue({ code: 'custom', message: `${code} ends calls, it does not refuse them` });
  return z.NEVER;
});

export const jsonObjectSchema = z.record(z.string(), z.json()).transform((value): JsonObject => value);

/** Attributes that LiveKit SIP gives the caller's participant. Numbers are as the exchange wrote them. */
export const sipAttributesSchema = z
  .object({
    'sip.callIDFull': z.string().min(1).max(512),
    'sip.callTag': z.string().max(256).default(''),
    'sip.trunkPhoneNumber': z.string().max(1024).default(''),
    'sip.phoneNumber': z.string().max(1024).default(''),
  })
  .transform((a) => ({
    sipCallId: a['sip.callIDFull'],
    fromTag: a['sip.callTag'],
    called: a['sip.trunkPhoneNumber'],
    caller: a['sip.phoneNumber'],
  }));
export type SipLeg = z.infer<typeof sipAttributesSchema>;

/** `admit_call`: a slot is reserved and a session opened, or a reason says why not. */
export const admissionSchema = z.discriminatedUnion('outcome', [
  z
    .object({
      outcome: z.literal('admitted'),
      session_id: sessionIdSchema,
      organization_id: organizationIdSchema,
      tenant: tenantKeySchema,
      number_id: numberIdSchema,
      pool: poolNameSchema,
      /** Most calls at once of this number; null: it was removed since. */
      number_limit: z.int().min(0).nullable(),
      /** The same INVITE was admitted before; nothing was reserved twice. */
      repeated: z.boolean(),
    })
    .transform((r) => ({
      outcome: r.outcome,
      sessionId: r.session_id,
      organizationId: r.organization_id,
      tenant: r.tenant,
      numberId: r.number_id,
      pool: r.pool,
      numberLimit: r.number_limit ?? 0,
      repeated: r.repeated,
    })),
  z
    .object({
      outcome: z.literal('refused'),
      reason: refusalReasonSchema,
      /** Null when the number is nobody's. */
      tenant: tenantKeySchema.nullable(),
      number_id: numberIdSchema.nullable(),
      /** Whose workers speak to a refused caller. */
      pool: poolNameSchema.nullable(),
      /** What the caller gets, as the number says it. */
      answer: refusalAnswerSchema,
    })
    .transform((r) => ({
      outcome: r.outcome,
      reason: r.reason,
      tenant: r.tenant,
      numberId: r.number_id,
      pool: r.pool,
      answer: r.answer,
    })),
]);
export type Admission = z.infer<typeof admissionSchema>;

/** `room_decision`: what some replica decided about the call in a room. */
export const roomDecisionSchema = z
  .object({
    outcome: z.enum(['admitted', 'refused']),
    reason: reasonSchema.nullable(),
    session_id: sessionIdSchema.nullable(),
  })
  .transform((r) => ({ outcome: r.outcome, reason: r.reason, sessionId: r.session_id }));

const callStateSchema = z.enum(['pending', 'active']);

/** `claim_lost_calls`: calls that nobody holds; the asking replica has 4 s to find each another worker. */
export const lostCallSchema = z
  .object({
    session_id: sessionIdSchema,
    sip_call_id: sipCallIdSchema,
    organization_id: organizationIdSchema,
    tenant: tenantKeySchema,
    number_id: numberIdSchema,
    pool: poolNameSchema,
    called_number: z.string(),
    caller_number: z.string(),
    room: roomNameSchema,
    state: callStateSchema,
    /** Who lost it; null: nobody had taken it. */
    worker: z.string().nullable(),
    /** With the attempt that is due now. */
    placements: z.int(),
    /** Since admission. */
    age_ms: z.coerce.number(),
  })
  .transform((r) => ({
    sessionId: r.session_id,
    sipCallId: r.sip_call_id,
    organizationId: r.organization_id,
    tenant: r.tenant,
    numberId: r.number_id,
    pool: r.pool,
    room: r.room,
    state: r.state,
    worker: r.worker,
    placements: r.placements,
    ageMs: r.age_ms,
  }));
export type LostCall = z.infer<typeof lostCallSchema>;

/** `claim_call`: the call is the asker's to place again. */
export const claimedSchema = z.object({ claimed: z.boolean() });

/** `live_calls`: every slot in use. */
export const liveCallSchema = z
  .object({
    session_id: sessionIdSchema,
    sip_call_id: sipCallIdSchema,
    tenant: tenantKeySchema,
    number_id: numberIdSchema,
    room: roomNameSchema,
    state: callStateSchema,
    worker: z.string().nullable(),
    age_ms: z.coerce.number(),
  })
  .transform((r) => ({
    sessionId: r.session_id,
    sipCallId: r.sip_call_id,
    tenant: r.tenant,
    numberId: r.number_id,
    room: r.room,
    state: r.state,
    worker: r.worker,
    ageMs: r.age_ms,
  }));
export type LiveCall = z.infer<typeof liveCallSchema>;

/** `room_decisions`: what was decided of the call in each room; a room without a row: nothing yet. */
export const roomDecisionsSchema = z
  .object({
    room: z.string(),
    outcome: z.enum(['admitted', 'refused']),
    reason: reasonSchema.nullable(),
    session_id: sessionIdSchema.nullable(),
    /** It had a session, and that has ended. */
    over: z.boolean(),
    /** Refused, and an agent is in the room to say so. */
    spoken: z.boolean(),
  })
  .transform((r) => ({
    room: r.room,
    outcome: r.outcome,
    reason: r.reason,
    sessionId: r.session_id,
    over: r.over,
    spoken: r.spoken,
  }));
export type RoomDecision = z.infer<typeof roomDecisionsSchema>;

export const storedKeySchema = z
  .object({
    provider: z.string(),
    key_id: z.string(),
    ciphertext: z.string(),
    /** `platform`: the owner's own key, lent to organisations without one. */
    owner: z.enum(['organization', 'platform']),
  })
  .transform((r) => ({ provider: r.provider, keyId: r.key_id, ciphertext: r.ciphertext, owner: r.owner }));
export type StoredKey = z.infer<typeof storedKeySchema>;

/** `lookup_number`: whose number it is and every written configuration layer. */
export const numberRowSchema = z
  .object({
    number_id: numberIdSchema,
    organization_id: organizationIdSchema,
    tenant: tenantKeySchema,
    organization_name: z.string(),
    phone_number: z.string(),
    label: z.string(),
    active: z.boolean(),
    organization_active: z.boolean(),
    platform_config: jsonObjectSchema,
    organization_config: jsonObjectSchema,
    instance_config: jsonObjectSchema.nullable(),
    config_override: jsonObjectSchema,
    /** Greatest revision of the layers: which text this is. */
    config_revision: z.coerce.number(),
    /** Newest change that this row shows, in the count of `config_changes`. */
    changed_revision: z.coerce.number(),
    provider_keys: z.array(storedKeySchema),
  })
  .transform((r) => ({
    numberId: r.number_id,
    organizationId: r.organization_id,
    tenant: r.tenant,
    organizationName: r.organization_name,
    label: r.label,
    active: r.active,
    organizationActive: r.organization_active,
    layers: {
      platform: r.platform_config,
      organization: r.organization_config,
      instance: r.instance_config,
      number: r.config_override,
    },
    configRevision: r.config_revision,
    changedRevision: r.changed_revision,
    providerKeys: r.provider_keys,
  }));
export type NumberRow = z.infer<typeof numberRowSchema>;

/** `config_changes`: what was changed since; a null tenant is the platform itself, and with it everybody. */
export const configChangeSchema = z.object({
  tenant: tenantKeySchema.nullable(),
  revision: z.coerce.number(),
});
export type ConfigChange = z.infer<typeof configChangeSchema>;

/** `open_ticket`: not opened: the call is over, or another worker has it. */
export const openedTicketSchema = z.object({ opened: z.boolean(), reason: z.string().nullable() });

/** What an agent writes down for people. */
export interface TicketDraft {
  /** Chosen by the agent, so that trying again opens no second one. */
  readonly id: string;
  readonly kind: 'ticket' | 'message';
  readonly title: string;
  readonly body: string;
  readonly priority: 'low' | 'normal' | 'high';
  /** How to reach the caller, as they said it; empty: the number they called from. */
  readonly contact: string;
}

const turnSchema = z.object({ role: z.enum(['caller', 'agent']), text: z.string(), at_ms: z.coerce.number() });

/** `take_call`: the call is this worker's; `resumed` when it was answered before, by a worker that lost it. */
export const takenSchema = z
  .object({
    taken: z.boolean(),
    reason: z.string().nullable(),
    resumed: z
      .object({
        turns: z.array(turnSchema),
        answered_ms_ago: z.coerce.number(),
        /** In which it went on there; null: the configured one. */
        language: z.string().nullish(),
      })
      .transform((r) => ({
        turns: r.turns,
        answeredMsAgo: r.answered_ms_ago,
        ...(r.language != null && { language: r.language }),
      }))
      .nullable(),
    /** Providers that the organisation's calls are to do without for now. */
    open_providers: z.array(z.string()).nullable(),
  })
  .transform((r) => ({
    taken: r.taken,
    reason: r.reason,
    resumed: r.resumed,
    openProviders: r.open_providers ?? [],
  }));
/** What is known of an answered call that goes on at another worker. */
export type EarlierTalk = NonNullable<z.output<typeof takenSchema>['resumed']>;

/** `release_call`: the worker has the call no more; not released: it had lost it already. */
export const callReleasedSchema = z.object({ released: z.boolean() });

/** `note_calls`: not noted: the call is not this worker's, or over. */
export const notedSchema = z
  .object({ session_id: sessionIdSchema, noted: z.boolean() })
  .transform((r) => ({ sessionId: r.session_id, noted: r.noted }));

/**
 * One call of `note_calls`: turns that are new, by their place in the call from 1 on; usage as it is by now; a language that
 * the call goes on in from now on.
 */
export interface CallNote {
  readonly session_id: SessionId;
  readonly turns: readonly (CallRecord['turns'][number] & { readonly position: number })[];
  readonly usage: CallRecord['usage'];
  readonly language?: string | undefined;
}

/** `adopt_call`: a call that was admitted while the database was away is in its books now. */
export const adoptedSchema = z.object({ adopted: z.boolean(), reason: z.string().nullable() });

/** What `adopt_call` is told of such a call. Times are ISO 8601. */
export interface AdoptedCall {
  readonly tenant: TenantKey;
  readonly number_id: NumberId;
  readonly called_number: string;
  readonly caller_number: string;
  readonly sip_call_id: string;
  readonly sip_from_tag: string;
  readonly room: RoomName;
  readonly admitted_at: string;
  readonly answered_at: string | null;
}

/** How a provider failed, as breakers judge it: the first two are open at once, the next two by their share. */
export type ProviderFailure = 'bad_key' | 'quota' | 'timeout' | 'unavailable' | 'other';

/** `report_provider`. */
export const reportedSchema = z.object({ noted: z.boolean() });

/** `release_worker`: how many calls of a worker are free now. */
export const releasedSchema = z.object({ released: z.number().int() });

/** `renew_leases`: the platform's answer for each call of a shard; `lost`: it is over, or another shard has it. */
export const leaseVerdictSchema = z
  .object({ session_id: sessionIdSchema, verdict: z.enum(['keep', 'end', 'lost']), reason: z.string().nullable() })
  .transform((r) => ({ sessionId: r.session_id, verdict: r.verdict, reason: r.reason }));
export type LeaseVerdict = z.infer<typeof leaseVerdictSchema>;
