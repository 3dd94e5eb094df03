/** One request to an endpoint, bounded in time and in what is read of the answer. */
import type { Dispatcher } from 'undici';
import { coerceError } from '../../shared/faults.ts';
import type { DeliveryOutcome } from './delivery.ts';

/** Of the answer nothing is used. What is short is read, so that the connection can be used again. */
const mostAnswerBytes = 4 * 1024;
const longestProblem = 200;

export interface Post {
  readonly url: URL;
  /** The signature. */
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  readonly deadlineMs: number;
}

/** Never throws. */
export async function post(way: Dispatcher, { url, headers, body, deadlineMs }: Post): Promise<DeliveryOutcome> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    // Redirects are not followed: each would be another address, which nobody named.
    const response = await way.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'user-agent': 'switchboard' },
      body,
      signal: deadline.signal,
    });
    await leave(response, deadline.signal);
    return outcomeOf(response.statusCode);
  } catch (thrown) {
    const problem = deadline.signal.aborted
      ? `no answer within ${deadlineMs / 1000} s`
      : `not reached: ${sentenceOf(thrown)}`.slice(0, longestProblem);
    return { outcome: 'failed', status: null, problem };
  } finally {
    clearTimeout(timer);
  }
}

function outcomeOf(status: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return { outcome: 'delivered', status };
  const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
  return { outcome: 'failed', status, problem: `answered ${status}${redirected}` };
}

/** Whoever answered has answered, however the rest of it comes, or does not. */
async function leave({ body }: Dispatcher.ResponseData, signal: AbortSignal): Promise<void> {
  await body.dump({ limit: mostAnswerBytes, signal }).catch(() => undefined);
}

/** Where a name has several addresses and none answers, Node's message is empty. */
function sentenceOf(thrown: unknown): string {
  const error = coerceError(thrown);
  if (error.message !== '') return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
