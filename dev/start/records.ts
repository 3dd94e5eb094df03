/** What the platform wrote down about a call, read back with the owner's key. */
import { z } from 'zod';
import { waitFor } from '../stack/wait.ts';

export interface RecordsAccess {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceToken: string;
}

export type CallRecord =
  | {
      readonly outcome: 'settled';
      readonly tenant: string;
      readonly agent: string;
      readonly endReason: string;
      /** What heard, thought and spoke: "stt deepgram nova-3". */
      readonly services: readonly string[];
      readonly transcript: readonly { readonly role: string; readonly text: string }[];
      /** To whom the caller was to be put through, and what came of it. */
      readonly transfers: readonly { readonly destination: string; readonly outcome: string }[];
    }
  | { readonly outcome: 'refused'; readonly reason: string };

const READ_DEADLINE_MS = 5_000;
/** Settling follows the goodbye at once; a caller who vanished is noticed 15 s later. */
const SETTLED_DEADLINE_MS = 20_000;

const sessionSchema = z.object({
  id: z.string(),
  organization_id: z.string(),
  sip_number_id: z.string().nullable(),
  end_reason: z.string().nullable(),
});
const usageSchema = z.object({ kind: z.string(), provider: z.string(), model: z.string() });
const turnSchema = z.object({ role: z.string(), text: z.string() });
const transferSchema = z.object({ destination: z.string(), outcome: z.string() });
const refusalSchema = z.object({ reason: z.string() });

export class CallRecords {
  readonly #access: RecordsAccess;

  constructor(access: RecordsAccess) {
    this.#access = access;
  }

  /** Waits until the call with this Call-ID is refused or settled. @throws when neither happens in time */
  of(sipCallId: string): Promise<CallRecord> {
    return waitFor(() => this.#now(sipCallId), {
      what: `the record of call ${sipCallId}`,
      deadlineMs: SETTLED_DEADLINE_MS,
      intervalMs: 100,
    });
  }

  /** The session is read first: its refusal is written with it, and a refused call must not be read as a settled one. */
  async #now(sipCallId: string): Promise<CallRecord | undefined> {
    const settled = await this.#settled(sipCallId);
    return (await this.#refusal(sipCallId)) ?? settled;
  }

  async #refusal(sipCallId: string): Promise<CallRecord | undefined> {
    const [refusal] = await this.#rows('call_refusals', { sip_call_id: sipCallId }, refusalSchema);
    return refusal && { outcome: 'refused', reason: refusal.reason };
  }

  async #settled(sipCallId: string): Promise<CallRecord | undefined> {
    const [session] = await this.#rows('sessions', { sip_call_id: sipCallId }, sessionSchema);
    if (!session?.end_reason) return undefined;
    const [organization] = await this.#rows(
      'organizations',
      { id: session.organization_id },
      z.object({ slug: z.string() }),
    );
    const [number] = await this.#rows(
      'sip_numbers',
      { id: session.sip_number_id ?? '' },
      z.object({ label: z.string() }),
    );
    const used = await this.#rows('session_usage', { session_id: session.id }, usageSchema, 'kind');
    return {
      outcome: 'settled',
      tenant: organization?.slug ?? '',
      agent: number?.label ?? '',
      endReason: session.end_reason,
      services: [...new Set(used.map(({ kind, provider, model }) => `${kind} ${provider} ${model}`))],
      transcript: await this.#rows('session_turns', { session_id: session.id }, turnSchema, 'position'),
      transfers: await this.#rows('session_transfers', { session_id: session.id }, transferSchema, 'position'),
    };
  }

  async #rows<Row>(
    table: string,
    equal: Readonly<Record<string, string>>,
    row: z.ZodObject<z.ZodRawShape> & z.ZodType<Row>,
    order?: string,
  ): Promise<Row[]> {
    const { url, anonKey, serviceToken } = this.#access;
    const query = new URLSearchParams({ select: Object.keys(row.shape).join(',') });
    for (const [column, value] of Object.entries(equal)) query.set(column, `eq.${value}`);
    if (order) query.set('order', order);
    const response = await fetch(`${url}/rest/v1/${table}?${query}`, {
      headers: { apikey: anonKey, authorization: `Bearer ${serviceToken}` },
      signal: AbortSignal.timeout(READ_DEADLINE_MS),
    });
    if (!response.ok) throw new Error(`reading ${table}: ${response.status} ${await response.text()}`);
    return z.array(row).parse(await response.json());
  }
}
