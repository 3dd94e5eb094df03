/** The record of a call on a box: what its last worker wrote, and what others noted before they lost it. */
import { z } from 'zod';
import type { CallNotes, LedgerCall, Turn, Usage } from './call-book.ts';
import { turnsOf } from './holding.ts';

const turnSchema: z.ZodType<Turn> = z.looseObject({
  role: z.enum(['caller', 'agent']),
  text: z.string(),
  at_ms: z.number().transform((ms) => Math.max(0, ms)),
});
const usageSchema: z.ZodType<Usage> = z.object({
  kind: z.enum(['stt', 'llm', 'tts', 'realtime']),
  provider: z.string(),
  model: z.string(),
  unit: z.enum([
    'audio_ms',
    'input_tokens',
    'cached_input_tokens',
    'output_tokens',
    'input_audio_tokens',
    'output_audio_tokens',
    'characters',
  ]),
  amount: z.number(),
});

export const notesSchema: z.ZodType<CallNotes> = z.object({
  turns: z.array(z.intersection(turnSchema, z.object({ position: z.int().min(1) }))).default([]),
  usage: z.array(usageSchema).default([]),
  language: z.string().max(35).optional(),
});

/** CallRecord of shared/contracts.ts: what is not looked at here is written down as it came. */
export const recordSchema = z.looseObject({
  turns: z.array(turnSchema).default([]),
  usage: z.array(usageSchema).default([]),
  providers: z.array(z.object({ provider: z.string(), outcome: z.enum(['ok', 'failed']) })).default([]),
});
export type KeptRecord = z.infer<typeof recordSchema>;

/** A worker's record replaces what it noted itself; one that never got to speak has nothing to put in the place of notes. */
export function recordOf(call: LedgerCall, record: KeptRecord | null, worker: string | null): KeptRecord | null {
  const own = record !== null && (worker ?? call.lastWorker) === call.lastWorker ? call.takes : undefined;
  const noted = [...call.usage].filter(([take]) => take !== own).flatMap(([, usage]) => usage);
  const turns = record === null || record.turns.length === 0 ? turnsOf(call) : record.turns;
  if (record === null && turns.length + noted.length === 0) return null;
  return { providers: [], ...record, turns, usage: summed([...(record?.usage ?? []), ...noted]) };
}

function summed(usage: readonly Usage[]): Usage[] {
  const sums = new Map<string, Usage>();
  for (const one of usage) {
    const key = [one.kind, one.provider, one.model, one.unit].join('\n');
    sums.set(key, { ...one, amount: one.amount + (sums.get(key)?.amount ?? 0) });
  }
  return [...sums.values()];
}
