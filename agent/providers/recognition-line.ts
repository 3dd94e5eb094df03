/** Opening a provider's websocket within a deadline, and what its failures are called. */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { APIConnectionError, APIStatusError } from '@livekit/agents';
import { type RawData, WebSocket } from 'ws';
import type { RecognitionProtocol } from './recognition-protocol.ts';

const openingMs = 5_000;
/** Longer than that a caller does not wait to be heard: then it is a failure now. */
const longestWaitMs = 3_000;
const largestMessageBytes = 1_000_000;
const mostRefusalCharacters = 4_000;
const refusalMs = 1_000;

type Line = Pick<RecognitionProtocol, 'title' | 'url' | 'headers'>;

/**
 * @returns an open websocket, paused so that its first message waits for a listener
 * @throws APIStatusError for what the provider answers instead, after the wait that it asks for; APIConnectionError
 */
export async function openLine(to: Line, signal: AbortSignal): Promise<WebSocket> {
  signal.throwIfAborted();
  const line = new WebSocket(to.url, {
    headers: to.headers,
    handshakeTimeout: openingMs,
    maxPayload: largestMessageBytes,
    // Sound does not compress, and each call would hold two compressors.
    perMessageDeflate: false,
  });
  const onAbort = () => line.terminate();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const refused = await opened(line, to);
    if (refused === undefined) return line;
    const said = await bodyOf(refused);
    line.terminate();
    throw await refusal(to, refused, said, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Undefined when it is open, else what was answered instead. */
function opened(line: WebSocket, to: Line): Promise<IncomingMessage | undefined> {
  return new Promise((resolve, reject) => {
    line.once('open', () => {
      line.pause();
      line.removeAllListeners();
      resolve(undefined);
    });
    line.once('unexpected-response', (_request, response) => resolve(response));
    // Stays after a refusal: to end a line that never opened is an error too.
    line.on('error', (error) => reject(interrupted(to, error.message)));
    line.once('close', () => reject(interrupted(to, 'it closed the line')));
  });
}

async function refusal(
  to: Line,
  response: IncomingMessage,
  said: string,
  signal: AbortSignal,
): Promise<APIStatusError> {
  const status = response.statusCode ?? 500;
  const waitS = Number(response.headers['retry-after'] ?? 0);
  const waitMs = Number.isFinite(waitS) ? waitS * 1_000 : 0;
  if (waitMs > longestWaitMs) return failed(to, status, { why: 'not to be tried again soon', said, retryable: false });
  await sleep(waitMs, undefined, { signal });
  return failed(to, status, { why: 'the line was not opened', said });
}

/** As far as it comes: the status is known already, this only says more about it. */
function bodyOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const timer = setTimeout(() => resolve(said), refusalMs);
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      if (said.length < mostRefusalCharacters) said += chunk;
    });
    response.on('error', () => resolve(said));
    response.on('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

interface Failure {
  /** Without anything that a caller said: it goes to the log. */
  readonly why: string;
  /** What the provider says about it. */
  readonly said?: string;
  /** False: not to be tried again although the status would allow it. */
  readonly retryable?: boolean;
}

export function failed({ title }: Pick<Line, 'title'>, statusCode: number, failure: Failure): APIStatusError {
  const { why, said = '', retryable = true } = failure;
  const options = { statusCode, retryable, body: { said } };
  return new APIStatusError({ message: `${title} answered ${statusCode}: ${why}`, options });
}

export function interrupted({ title }: Pick<Line, 'title'>, why: string): APIConnectionError {
  return new APIConnectionError({ message: `${title} is cut off: ${why}` });
}

export function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
