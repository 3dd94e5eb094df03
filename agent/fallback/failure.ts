/** Why a provider failed, as far as it matters to who serves next. */
import { APIConnectionError, APIError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { DeadlinePassed } from '../../shared/faults.ts';

/** `unavailable`: cannot be reached, or says itself that it is broken. */
export type FailureReason = 'bad_key' | 'quota' | 'rate_limited' | 'timed_out' | 'unavailable' | 'failed';

/** What no second try changes while a call lasts. */
const lasting: ReadonlySet<FailureReason> = new Set(['bad_key', 'quota']);

export function isLasting(reason: FailureReason): boolean {
  return lasting.has(reason);
}

export function reasonOf(error: Error): FailureReason {
  if (error instanceof APITimeoutError || error instanceof DeadlinePassed) return 'timed_out';
  const status = statusOf(error);
  if (status === 401 || status === 403) return 'bad_key';
  if (status === 402) return 'quota';
  if (status === 429) return speaksOfMoney(error) ? 'quota' : 'rate_limited';
  if (status !== undefined && status >= 500) return 'unavailable';
  const unreachable = error instanceof APIConnectionError && status === undefined;
  return unreachable ? 'unavailable' : 'failed';
}

/** Plugins that open websockets leave the status in the message only. */
function statusOf(error: Error): number | undefined {
  if (error instanceof APIStatusError && error.statusCode > 0) return error.statusCode;
  const said = /\b(40[123]|429|5\d\d)\b/.exec(error.message);
  return said === null ? undefined : Number(said[0]);
}

/** OpenAI answers 429 for "too fast" and for "not paid" alike. */
function speaksOfMoney(error: Error): boolean {
  const body = error instanceof APIError && error.body !== null ? JSON.stringify(error.body) : '';
  return /quota|billing|credit/i.test(`${error.message} ${body}`);
}
