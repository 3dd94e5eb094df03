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

export const probeSignal = () => AbortSignal.timeout(probeDeadlineMs);

function judge(
  title: string,
  model: string,
  status: number,
  said: string,
): Omit<Extract<Probe, { sentence: string }>, 'tookMs'> {
  const quota = status === 402 || (status === 429 && /quota|billing|credit/i.test(said));
  if (status === 401 || status === 403)
    return { outcome: 'bad_key', sentence: `${title} does not accept the key (${status}).` };
  if (quota) return { outcome: 'quota', sentence: `${title} says that the quota of this key is used up (${status}).` };
  if (status === 429)
    return { outcome: 'quota', sentence: `${title} asks to slow down (429): its rate limit is reached.` };
  if (status === 404 || (status === 400 && /model/i.test(said)))
    return { outcome: 'unknown_model', sentence: `${title} does not know the model ${model} (${status}).` };
  return { outcome: 'failed', sentence: `${title} answered ${status}.` };
}
