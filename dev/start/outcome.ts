/** One test call: what the phone saw and what the platform wrote down, put together and compared with what was expected. */
import type { CallResult } from '../phone/phone.ts';
import type { CallRecord } from './records.ts';
import type { TestCall } from './test-calls.ts';

/** What `--json` prints of a call. What does not apply is null. */
export interface CallOutcome {
  readonly called: string;
  readonly caller: string;
  /** Final SIP status that the caller got; null when nobody answered at all. */
  readonly sip: number | null;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly tenant: string | null;
  /** Label of the number whose agent answered. */
  readonly agent: string | null;
  readonly inviteTo180Ms: number | null;
  readonly inviteTo200Ms: number | null;
  readonly inviteToFirstAudioMs: number | null;
  /** Why an answered call ended. */
  readonly endReason: string | null;
  /** Whom the exchange was asked to put the caller through to, in order. */
  readonly transfers: readonly string[];
  /** What heard, thought and spoke: "stt deepgram nova-3". */
  readonly services: readonly string[];
  readonly transcript: readonly { readonly role: string; readonly text: string }[];
}

export function outcomeOf({ called, caller }: TestCall, phone: CallResult, record: CallRecord): CallOutcome {
  const session = record.outcome === 'settled' ? record : undefined;
  return {
    called,
    caller,
    sip: phone.final?.status ?? null,
    reason: record.outcome === 'refused' ? record.reason : null,
    tenant: session?.tenant ?? null,
    agent: session?.agent ?? null,
    inviteTo180Ms: rounded(phone.inviteTo180Ms),
    inviteTo200Ms: rounded(phone.inviteTo200Ms),
    inviteToFirstAudioMs: rounded(phone.inviteToFirstAudioMs),
    endReason: session?.endReason ?? null,
    transfers: phone.transfers,
    services: session?.services ?? [],
    transcript: session?.transcript ?? [],
  };
}

/** Everything that is not as expected, a sentence each; empty when the call went well. */
export function surprises({ expected }: TestCall, seen: CallOutcome): string[] {
  if (expected.outcome === 'refused') return differences({ sip: 486, reason: expected.reason }, seen);
  const { tenant, agent, endReason, greeting, transferredTo } = expected;
  const roles = seen.transcript.map((turn) => turn.role);
  const callerSpoke = roles.indexOf('caller');
  return [
    ...differences({ sip: 200, reason: null, tenant, agent, endReason }, seen),
    ...(saidBy('agent', seen).includes(greeting) ? [] : [`the agent never said "${greeting}"`]),
    ...(seen.transfers.at(-1) === transferredTo ? [] : [`put through to ${seen.transfers.join(', ') || 'nobody'}`]),
    ...(callerSpoke < 0 ? ['the caller was not heard'] : []),
    ...(roles.lastIndexOf('agent') > callerSpoke ? [] : ['the agent did not answer the caller']),
  ];
}

function saidBy(role: string, { transcript }: CallOutcome): string {
  return transcript
    .filter((turn) => turn.role === role)
    .map((turn) => turn.text)
    .join(' ');
}

function differences(wanted: Partial<CallOutcome>, seen: CallOutcome): string[] {
  const keys = Object.keys(wanted) as (keyof CallOutcome)[];
  return keys
    .filter((key) => wanted[key] !== seen[key])
    .map((key) => `${key}: wanted ${String(wanted[key])}, got ${String(seen[key])}`);
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
