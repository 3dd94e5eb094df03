/**
 * Records of calls as JSON lines, one event a line: what a database would keep. It is also read back when dispatch starts, so
 * that calls which are on then are known again.
 */
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import type { LedgerCall, LedgerEvent } from './ledger.ts';

/** No call lasts longer than four hours, and this much holds the calls of far more than that. */
const readBackBytes = 16 * 1024 * 1024;
const ownerOnly = 0o600;

const numberSchema = z.object({
  numberId: z.string(),
  organizationId: z.string(),
  tenant: z.string(),
  pool: z.string(),
  maxCalls: z.number(),
});
const admittedSchema = z.object({
  event: z.literal('admitted'),
  session: z.uuid(),
  started_at: z.iso.datetime(),
  invite: z.object({
    called: z.string(),
    caller: z.string(),
    sipCallId: z.string(),
    fromTag: z.string(),
    room: z.string(),
  }),
  number: numberSchema,
});
const laterSchema = z.object({ event: z.enum(['answered', 'finished']), session: z.uuid(), at: z.iso.datetime() });

export class Journal {
  readonly #file: string;
  readonly #log: Logger;

  constructor(file: string, log: Logger) {
    this.#file = file;
    this.#log = log;
  }

  /** Written before the answer goes out. A full disk must not end calls: it is said in the log. */
  note(event: LedgerEvent, atMs: number): void {
    try {
      appendFileSync(this.#file, `${JSON.stringify(lineOf(event, atMs))}\n`, { mode: ownerOnly });
    } catch (thrown) {
      this.#log.error({ err: coerceError(thrown), file: this.#file }, 'a call record could not be written');
    }
  }

  /** Calls that were admitted and not finished since. @throws Error when the file is there and cannot be read */
  unfinished(sinceMs: number): LedgerCall[] {
    const calls = new Map<string, LedgerCall>();
    for (const line of this.#lines()) {
      const admitted = admittedSchema.safeParse(line);
      if (admitted.success) calls.set(admitted.data.session, callOf(admitted.data));
      const later = laterSchema.safeParse(line);
      if (!later.success) continue;
      const { event, session, at } = later.data;
      const call = calls.get(session);
      if (event === 'finished') calls.delete(session);
      else if (call !== undefined) Object.assign(call, { state: 'active', answeredAtMs: Date.parse(at) });
    }
    return [...calls.values()].filter(({ startedAtMs }) => startedAtMs >= sinceMs);
  }

  #lines(): unknown[] {
    const text = tailOf(this.#file);
    return text.split('\n').flatMap((line): unknown[] => {
      try {
        return line === '' ? [] : [JSON.parse(line)];
      } catch (thrown) {
        // The first line may begin in the middle, and the last one may be all that a full disk took.
        if (thrown instanceof SyntaxError) return [];
        throw thrown;
      }
    });
  }
}

function lineOf(event: LedgerEvent, atMs: number) {
  const { call } = event;
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const common = { event: event.event, at: iso(atMs), session: call.session, started_at: iso(call.startedAtMs) };
  switch (event.event) {
    case 'answered':
      return common;
    case 'ticket':
      return { ...common, tenant: call.number?.tenant ?? null, ticket: event.ticket };
    case 'admitted':
    case 'refused':
      return { ...common, reason: call.reason, invite: call.invite, number: call.number };
    case 'finished': {
      const times = { answered_at: iso(call.answeredAtMs), ended_at: iso(call.endedAtMs) };
      const { called, caller } = call.invite;
      const of = { tenant: call.number?.tenant ?? null, called, caller };
      return { ...common, ...times, ...of, reason: call.reason, record: event.record };
    }
  }
}

function callOf({ session, started_at, invite, number }: z.infer<typeof admittedSchema>): LedgerCall {
  return {
    session,
    invite,
    number,
    startedAtMs: Date.parse(started_at),
    answeredAtMs: null,
    endedAtMs: null,
    reason: null,
    worker: null,
    lastWorker: null,
    state: 'pending',
    leaseEndsAtMs: 0,
  };
}

function tailOf(file: string): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return '';
  const bytes = Buffer.alloc(Math.min(size, readBackBytes));
  const opened = openSync(file, 'r');
  try {
    readSync(opened, bytes, 0, bytes.length, size - bytes.length);
  } finally {
    closeSync(opened);
  }
  return bytes.toString('utf8');
}
