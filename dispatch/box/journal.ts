/**
 * Records of calls as JSON lines, one event a line: what a database would keep. It is also read back when dispatch starts, so
 * that calls which are on then are known again.
 */
import { appendFileSync, closeSync, openSync, readSync, statSync } from 'node:fs';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { type LedgerCall, type LedgerEvent, newCall } from './call-book.ts';
import { writeNotes } from './holding.ts';
import { notesSchema } from './record.ts';

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
  event: z.enum(['admitted', 'adopted']),
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
  /** Of an adopted call. */
  answered_at: z.iso.datetime().nullable().default(null),
  worker: z.string().nullable().default(null),
});
const laterSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('taken'), session: z.uuid(), worker: z.string(), takes: z.int() }),
  z.object({ event: z.literal('answered'), session: z.uuid(), at: z.iso.datetime() }),
  z.object({ event: z.literal('noted'), session: z.uuid(), notes: notesSchema }),
  z.object({ event: z.literal('finished'), session: z.uuid() }),
]);
type Later = z.infer<typeof laterSchema>;

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
      const call = calls.get(later.data.session);
      if (later.data.event === 'finished') calls.delete(later.data.session);
      else if (call !== undefined) happened(call, later.data);
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
  const at = iso(atMs);
  if (event.event === 'told') return { event: event.event, at, refusal: event.refusalId, outcome: event.outcome };
  const { call } = event;
  const common = { event: event.event, at, session: call.session, started_at: iso(call.startedAtMs) };
  const { tenant = null } = call.number ?? {};
  switch (event.event) {
    case 'admitted':
      return { ...common, invite: call.invite, number: call.number };
    case 'adopted': {
      const had = { answered_at: iso(call.answeredAtMs), worker: call.worker };
      return { ...common, ...had, invite: call.invite, number: call.number };
    }
    case 'refused':
      return { ...common, reason: call.reason, answer: call.answer, invite: call.invite, number: call.number };
    case 'taken':
      return { ...common, worker: call.worker, takes: call.takes };
    case 'answered':
      return common;
    case 'noted':
      return { ...common, notes: event.notes };
    case 'ticket':
      return { ...common, tenant, ticket: event.ticket };
    case 'finished':
    case 'late': {
      const times = { answered_at: iso(call.answeredAtMs), ended_at: iso(call.endedAtMs) };
      const { called, caller } = call.invite;
      return { ...common, ...times, tenant, called, caller, reason: call.reason, record: event.record };
    }
  }
}

function iso(ms: number): string;
function iso(ms: number | null): string | null;
function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

function callOf(admitted: z.infer<typeof admittedSchema>): LedgerCall {
  const { session, started_at, invite, number, answered_at, worker } = admitted;
  const answeredAtMs = answered_at === null ? null : Date.parse(answered_at);
  return newCall(
    { session, invite, number, startedAtMs: Date.parse(started_at), answer: null },
    {
      answeredAtMs,
      state: answeredAtMs === null ? 'pending' : 'active',
      lastWorker: worker,
      takes: worker === null ? 0 : 1,
    },
  );
}

function happened(call: LedgerCall, later: Exclude<Later, { event: 'finished' }>): void {
  switch (later.event) {
    case 'taken':
      Object.assign(call, { lastWorker: later.worker, takes: later.takes });
      return;
    case 'answered':
      Object.assign(call, { state: 'active', answeredAtMs: Date.parse(later.at) });
      return;
    case 'noted':
      writeNotes(call, later.notes);
  }
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
