/** How every request is sent and its answer is read. */
import { currentToken } from '../session/auth.ts';
import { Problem, problemIn } from './problem.ts';

export const apiPath = '/api/v1';
const mostWaitMs = 30_000;
const againAfterMs = 1_000;

/** What a typed client resolves to, as far as it is read here. */
interface Answer<Body> {
  readonly ok: boolean;
  readonly status: number;
  text(): Promise<string>;
  json(): Promise<Body>;
}

/** With the token of the sign-in. A write that has an Idempotency-Key is sent once more when no answer came. */
export async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  const token = await currentToken();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  const request = () => fetch(input, { ...init, headers, signal: init?.signal ?? AbortSignal.timeout(mostWaitMs) });
  try {
    return await request();
  } catch (thrown) {
    if (!headers.has('idempotency-key') || init?.signal?.aborted === true) throw thrown;
    await new Promise((resolve) => setTimeout(resolve, againAfterMs));
    return await request();
  }
}

/** For typed clients: hc(apiPath, sending). */
export const sending = { fetch: send };

/** For a write that must not be done twice. */
export function once() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const key = [...random].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return { headers: { 'idempotency-key': key } };
}

/** @throws Problem */
export async function read<Body>(sent: Promise<Answer<Body>>): Promise<Body> {
  const answer = await reached(sent);
  try {
    return await answer.json();
  } catch (thrown) {
    throw new Problem('unreadable', thrown instanceof Error ? thrown.message : String(thrown));
  }
}

/** @throws Problem */
export async function readSound(sent: Promise<Answer<unknown> & { blob(): Promise<Blob> }>): Promise<Blob> {
  const answer = await sent.catch(unreached);
  if (!answer.ok) throw await problemIn(answer);
  return answer.blob();
}

/** For what answers with nothing. @throws Problem */
export async function done(sent: Promise<Answer<unknown>>): Promise<void> {
  await reached(sent);
}

async function reached<Body>(sent: Promise<Answer<Body>>): Promise<Answer<Body>> {
  const answer = await sent.catch(unreached);
  if (!answer.ok) throw await problemIn(answer);
  return answer;
}

function unreached(thrown: unknown): never {
  throw new Problem('unreachable', thrown instanceof Error ? thrown.message : String(thrown));
}
