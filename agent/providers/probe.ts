/** The smallest request over HTTP, and what its answer says about a key, a model and an address. */
import { coerceError } from '../../shared/faults.ts';
import { type Probe, probeDeadlineMs } from './provider.ts';

/** @param title the provider, for sentences @param model asked for, for sentences */
export async function probeHttp(title: string, model: string, request: () => Promise<Response>): Promise<Probe> {
  const begunMs = performance.now();
  const took = () => Math.round(performance.now() - begunMs);
  try {
    const response = await request();
    const said = await response.text();
    return response.ok
      ? { outcome: 'works', tookMs: took() }
      : { ...judge(title, model, response.status, said), tookMs: took() };
  } catch (thrown) {
    const { message, cause } = coerceError(thrown);
    const why = cause instanceof Error ? cause.message : message;
    return { outcome: 'unreachable', sentence: `${title} cannot be reached: ${why}.`, tookMs: took() };
  }
}

/** A plain timer: what `AbortSignal.any` makes of `AbortSignal.timeout` never fires on Node 20 (see impatient-fetch.ts). */
export function probeSignal(): AbortSignal {
  const deadline = new AbortController();
  setTimeout(() => deadline.abort(new Error(`nothing came for ${probeDeadlineMs} ms`)), probeDeadlineMs).unref();
  return deadline.signal;
}

/** @param said the body of the answer: statuses alone do not tell an empty account from a wrong key */
export function judge(
  title: string,
  model: string,
  status: number,
  said: string,
): Omit<Extract<Probe, { sentence: string }>, 'tookMs'> {
  if (status === 402 || ([401, 403, 429].includes(status) && /quota|billing|credit|balance/i.test(said)))
    return { outcome: 'quota', sentence: `${title} says that the quota of this key is used up (${status}).` };
  if (status === 401 || status === 403)
    return { outcome: 'bad_key', sentence: `${title} does not accept the key (${status}).` };
  if (status === 429)
    return { outcome: 'quota', sentence: `${title} asks to slow down (429): its rate limit is reached.` };
  if (status === 404 && /voice/i.test(said))
    return { outcome: 'unknown_model', sentence: `${title} does not know the voice that is asked of ${model} (404).` };
  if (status === 404 || (status === 400 && /model/i.test(said)))
    return { outcome: 'unknown_model', sentence: `${title} does not know the model ${model} (${status}).` };
  if (status === 400 && /language/i.test(said))
    return { outcome: 'unsupported_language', sentence: `${title} ${model} does not take this language (400).` };
  return { outcome: 'failed', sentence: `${title} answered ${status}.` };
}

/** What a probe reports of a request that was never answered. */
export function unreached(title: string, thrown: unknown): Omit<Extract<Probe, { sentence: string }>, 'tookMs'> {
  const { message, cause } = coerceError(thrown);
  const why = cause instanceof Error ? cause.message : message;
  return { outcome: 'unreachable', sentence: `${title} cannot be reached: ${why}.` };
}
