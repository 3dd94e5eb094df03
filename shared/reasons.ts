/**
 * The closed catalogue of why a call was refused or ended. SQL, logs, metrics, pages and docs all use these codes and no
 * others; a guard test compares them with the SQL type and with docs/reasons.md. A retired code is never used again.
 *
 * `sip` is what the caller's exchange hears. LiveKit SIP knows one answer for everything the room side does before the
 * call is answered: 486, so every refusal is 486 and the code below tells people apart what the exchange cannot.
 */

/** Who can make the next call go better. */
export type FixedBy = 'caller' | 'tenant' | 'owner' | 'engineer' | 'nobody';

interface Reason {
  readonly stage: 'refusal' | 'end';
  readonly sip: 486 | 487 | 200;
  readonly fixedBy: FixedBy;
  /** For people: what happened and, where somebody can, what to do. */
  readonly sentence: string;
}

const refusal = (fixedBy: FixedBy, sentence: string) => ({ stage: 'refusal', sip: 486, fixedBy, sentence }) as const;
const end = (fixedBy: FixedBy, sentence: string) => ({ stage: 'end', sip: 200, fixedBy, sentence }) as const;

export const reasons = {
  malformed_number: refusal('caller', 'The dialled text is not a phone number or an extension.'),
  unknown_number: refusal(
    'owner',
    'No number like this is on this platform: add it, or check what the exchange sends.',
  ),
  number_inactive: refusal('tenant', 'The number exists but is switched off.'),
  organization_inactive: refusal('owner', 'The organisation that owns the number is suspended.'),
  number_busy: refusal('owner', 'All lines of this number are in use.'),
  organization_busy: refusal('owner', 'All lines of the organisation are in use.'),
  pool_busy: refusal('owner', 'All lines of the pool that serves the organisation are in use.'),
  platform_busy: refusal('owner', 'All lines of the platform are in use.'),
  organization_rate_limited: refusal('owner', 'More new calls in one second than the organisation may receive.'),
  outside_hours: refusal('tenant', 'The business is closed and wants no calls answered meanwhile.'),
  breaker_open: refusal(
    'tenant',
    "The organisation's calls keep failing, so new ones are turned away for a while: check its provider keys and accounts.",
  ),
  pool_unavailable: refusal('engineer', 'No worker of the pool that serves the organisation is running.'),
  no_worker: refusal('engineer', 'No agent took the call in time: check that the pool runs and is not full.'),
  database_away: refusal('engineer', 'The database did not answer, so nobody could say whose number this is.'),
  config_missing: refusal(
    'owner',
    'The number has no agent: assign one to the number or set a default for its organisation.',
  ),
  config_invalid: refusal(
    'tenant',
    'The configuration of the number does not pass its checks: see the log line for each problem.',
  ),
  tenant_mismatch: refusal(
    'engineer',
    'The number now belongs to another organisation than the one the call was admitted for.',
  ),
  provider_key_missing: refusal(
    'tenant',
    'The organisation has no key for a provider that its agent uses: add the key.',
  ),
  provider_unusable: refusal(
    'tenant',
    'A speech or language provider failed before the call could be answered: check its key, then the provider.',
  ),
  agent_failed: refusal('engineer', 'The agent could not be started for this call: see the log line with its cause.'),

  caller_gave_up: { ...end('nobody', 'The caller hung up before the call was answered.'), sip: 487 },
  caller_hung_up: end('nobody', 'The caller hung up.'),
  agent_hung_up: end('nobody', 'The agent said goodbye and hung up.'),
  transferred: end('nobody', 'The caller was put through to somebody else.'),
  closed: end('nobody', 'The business was closed: the caller was told so, left a message or was forwarded.'),
  caller_silent: end('nobody', 'The caller said nothing for longer than the number allows.'),
  max_duration: end('tenant', 'The call reached the longest duration that the number allows.'),
  media_lost: end('engineer', 'The caller vanished: no audio came and no goodbye.'),
  provider_failed: end('tenant', 'A speech or language provider failed and the call could not go on.'),
  switched_off: end('owner', 'The number or its organisation was switched off during the call.'),
  told_to_end: end('owner', 'The platform asked the agent to end the call.'),
  worker_lost: end('engineer', 'The process that held the call died.'),
  drained: end('engineer', 'The worker was stopped and its time for finishing calls ran out.'),
  room_closed: end('engineer', 'The room was closed from outside while the call was on.'),
} as const satisfies Record<string, Reason>;

export type ReasonCode = keyof typeof reasons;
export type RefusalReason = {
  [Code in ReasonCode]: (typeof reasons)[Code]['stage'] extends 'refusal' ? Code : never;
}[ReasonCode];
export type EndReason = Exclude<ReasonCode, RefusalReason>;

export const reasonCodes = Object.keys(reasons) as readonly ReasonCode[];

export function isReason(code: string): code is ReasonCode {
  return Object.hasOwn(reasons, code);
}

export function isRefusal(code: ReasonCode): code is RefusalReason {
  return reasons[code].stage === 'refusal';
}
