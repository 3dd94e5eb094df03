/** The functions that agents call, answered by the ledger and the files. */
import { z } from 'zod';
import { answer, commonFunctions, type Functions } from './functions.ts';
import { type Adoption, providerFailure } from './holding.ts';
import type { Ledger } from './ledger.ts';
import { notesSchema } from './record.ts';
import type { DidSource } from './source.ts';
import { workerStatusSchema } from './workers.ts';

const text = z.string();
const heldSchema = z.object({ p_session_id: z.uuid(), p_worker: text });
const renewalSchema = z.object({
  p_worker: text,
  p_session_ids: z.array(z.uuid()),
  p_status: workerStatusSchema.nullish(),
});
const noteSchema = z.object({
  p_worker: text,
  p_notes: z.array(z.intersection(notesSchema, z.object({ session_id: z.uuid() }))),
});
const adoptedSchema = z.object({
  tenant: text,
  number_id: text,
  called_number: text,
  caller_number: text,
  sip_call_id: text,
  sip_from_tag: text,
  room: text,
  admitted_at: z.iso.datetime(),
  answered_at: z.iso.datetime().nullish(),
});
const reportSchema = heldSchema.extend({ p_provider: text, p_failure: providerFailure, p_fatal: z.boolean() });

export interface NumberSource extends Pick<DidSource, 'lookUp' | 'changesSince' | 'find'> {}

export function agentFunctions(ledger: Ledger, source: NumberSource): Functions {
  return { ...commonFunctions(ledger), ...holdingFunctions(ledger, source), ...lookupFunctions(source) };
}

function holdingFunctions(ledger: Ledger, source: NumberSource): Functions {
  const { book, holding } = ledger;
  const whyNot = (session: string) => book.session(session)?.reason ?? null;
  return {
    take_call: answer(heldSchema, (p) => [{ ...holding.take(p.p_session_id, p.p_worker) }]),
    answer_call: answer(heldSchema, (p) => [{ answered: holding.answer(p.p_session_id, p.p_worker) }]),
    renew_leases: answer(renewalSchema, ({ p_worker, p_session_ids, p_status }) => {
      if (p_status) ledger.workers.report(p_worker, p_status);
      return p_session_ids.map((session_id) => {
        const verdict = holding.renew(session_id, p_worker) ? 'keep' : 'lost';
        return { session_id, verdict, reason: whyNot(session_id) };
      });
    }),
    note_calls: answer(noteSchema, ({ p_worker, p_notes }) =>
      p_notes.map(({ session_id, ...notes }) => ({
        session_id,
        noted: holding.keepNotes(session_id, p_worker, notes),
      })),
    ),
    release_call: answer(heldSchema, (p) => [{ released: holding.release(p.p_session_id, p.p_worker) }]),
    release_worker: answer(z.object({ p_worker: text }), (p) => [{ released: holding.releaseWorker(p.p_worker) }]),
    adopt_call: answer(heldSchema.extend({ p_call: adoptedSchema }), (p) => {
      const adoption = adoptionOf(p.p_call, source);
      if (adoption === undefined) return [{ adopted: false, reason: 'tenant_mismatch' }];
      return [{ ...holding.adopt(p.p_session_id, p.p_worker, adoption) }];
    }),
    report_provider: answer(reportSchema, (p) => {
      const failed = { provider: p.p_provider, failure: p.p_failure, fatal: p.p_fatal };
      return [{ noted: holding.report(p.p_session_id, p.p_worker, failed) }];
    }),
    open_ticket: answer(heldSchema.extend({ p_ticket: z.looseObject({ id: z.uuid() }) }), (p) => {
      const opened = ledger.openTicket(p.p_session_id, p.p_worker, p.p_ticket);
      return [{ opened, reason: opened ? null : whyNot(p.p_session_id) }];
    }),
  };
}

function lookupFunctions(source: NumberSource): Functions {
  return {
    lookup_number: answer(z.object({ p_called: text }), ({ p_called }) => {
      const row = source.lookUp(p_called);
      return row === undefined ? [] : [row];
    }),
    // A file that does not pass its checks never comes into force, so no earlier version is ever asked for.
    lookup_number_before: () => [],
    // A box has no pages on which somebody could ask for one.
    take_probe: () => [],
    // Nor on which it could be played.
    keep_recording: () => [{ kept: false, reason: 'too_old' }],
    config_changes: answer(z.object({ p_since: z.number().nullish() }), (p) => source.changesSince(p.p_since ?? null)),
  };
}

/** Undefined: the number is not that tenant's. */
function adoptionOf(call: z.infer<typeof adoptedSchema>, source: NumberSource): Adoption | undefined {
  const number = source.find(call.called_number);
  if (number?.numberId !== call.number_id || number.tenant !== call.tenant) return undefined;
  return {
    number,
    invite: {
      called: call.called_number,
      caller: call.caller_number,
      sipCallId: call.sip_call_id,
      fromTag: call.sip_from_tag,
      room: call.room,
    },
    admittedAtMs: Date.parse(call.admitted_at),
    answeredAtMs: call.answered_at ? Date.parse(call.answered_at) : null,
  };
}
