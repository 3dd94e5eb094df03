/** Finds what was written down of a call that was just made, without trusting the clock of this machine. */
import { type CallDetail, listCalls, listRefusals, type Refusal, readCall } from '../../../api/calls.ts';

/** What was the newest before the call. */
export interface Newest {
  readonly call: string | undefined;
  readonly refusal: string | undefined;
}

export type CallRecord =
  | { readonly kind: 'call'; readonly call: CallDetail }
  | { readonly kind: 'refusal'; readonly refusal: Refusal };

/** Refusals cannot be asked for by number, so the newest of all are looked through. */
const refusalsLookedAt = 50;

export async function newestOf(numberId: string): Promise<Newest> {
  const [call, refusal] = await Promise.all([newestCall(numberId), newestRefusal(numberId)]);
  return { call: call?.id, refusal: refusal?.id };
}

/** Null: not yet. */
export async function recordAfter(numberId: string, before: Newest): Promise<CallRecord | null> {
  const [call, refusal] = await Promise.all([newestCall(numberId), newestRefusal(numberId)]);
  if (refusal !== undefined && refusal.id !== before.refusal) return { kind: 'refusal', refusal };
  if (call === undefined || call.id === before.call || call.state !== 'ended') return null;
  return { kind: 'call', call: await readCall(call.id) };
}

/** Of the call that is on; empty while nobody has finished a sentence. */
export async function turnsAfter(numberId: string, before: Newest): Promise<CallDetail['turns']> {
  const call = await newestCall(numberId);
  return call === undefined || call.id === before.call ? [] : (await readCall(call.id)).turns;
}

async function newestCall(numberId: string) {
  const { items } = await listCalls({ number: numberId }, { limit: 1 });
  return items[0];
}

async function newestRefusal(numberId: string): Promise<Refusal | undefined> {
  const { items } = await listRefusals({}, { limit: refusalsLookedAt });
  return items.find(({ number }) => number?.id === numberId);
}
