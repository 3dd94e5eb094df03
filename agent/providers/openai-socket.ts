/** A Realtime websocket to OpenAI whose failures are values somebody handles, and never an exception that ends a shard. */

import { APIConnectionError, type APIError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import { parseJson } from '../../shared/json.ts';

export interface Door {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** After `/realtime?`. */
  readonly query: Readonly<Record<string, string>>;
}

const openDeadlineMs = 5_000;
/** More than any refusal says. */
const mostRefusalBytes = 4_096;

/** @throws APIStatusError refused; APITimeoutError, APIConnectionError not reached */
export function openSocket({ baseUrl, apiKey, query }: Door): Promise<OpenAiSocket> {
  const url = new URL(`${baseUrl.replace(/^http/, 'ws').replace(/\/$/, '')}/realtime`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return new Promise((resolve, reject) => {
    const socket = new OpenAiSocket(url, { headers: { authorization: `Bearer ${apiKey}` } });
    const timer = setTimeout(
      () => fail(new APITimeoutError({ message: 'OpenAI did not open the line' })),
      openDeadlineMs,
    );
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(error);
      socket.terminate();
    };
    socket.once('open', () => {
      clearTimeout(timer);
      // What came with the answer to our request, often why it is refused after all, waits for whoever listens.
      socket.pause();
      setImmediate(() => socket.resume());
      resolve(socket);
    });
    socket.once('unexpected-response', (_request, response) => {
      const said: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes <= mostRefusalBytes) said.push(chunk);
      });
      response.on('close', () => fail(refused(response.statusCode ?? 0, Buffer.concat(said).toString())));
    });
    socket.once('error', (error) =>
      fail(new APIConnectionError({ message: `the line could not be opened: ${error.message}` })),
    );
  });
}

/**
 * A socket on which neither an `error` without a listener nor a listener that throws, on a frame it cannot read, reaches the
 * process: there it would end the call and replace the shard. What such a frame said is lost, the line goes on.
 */
export class OpenAiSocket extends WebSocket {
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (event === 'error' && this.listenerCount('error') === 0) return false;
    try {
      return super.emit(event, ...args);
    } catch (thrown) {
      this.onThrown(coerceError(thrown));
      return true;
    }
  }

  /** Whoever uses the socket may want to know. */
  onThrown: (error: Error) => void = () => undefined;
}

const errorSchema = z.object({
  type: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().default('no reason given'),
});

function refused(statusCode: number, said: string): APIStatusError {
  const body = z.object({ error: errorSchema }).safeParse(parseJson(said)).data?.error ?? null;
  const message = `OpenAI refused the line (${statusCode}): ${body?.message ?? 'no reason given'}`;
  return new APIStatusError({ message, options: { statusCode, body, retryable: body?.code !== 'insufficient_quota' } });
}

const statusOfCode: Readonly<Record<string, number>> = {
  invalid_api_key: 401,
  account_deactivated: 403,
  model_not_found: 404,
  invalid_model: 404,
  insufficient_quota: 429,
  billing_hard_limit_reached: 429,
  rate_limit_exceeded: 429,
  server_error: 500,
};
const hopeless = new Set(['insufficient_quota', 'billing_hard_limit_reached']);

/** What an `error` event on an open line says, as the status it would have had at the door. */
export function errorOf(error: unknown): APIError {
  const body = errorSchema.parse(error ?? {});
  const code = body.code ?? body.type ?? '';
  const statusCode = statusOfCode[code] ?? 400;
  return new APIStatusError({ message: body.message, options: { statusCode, body, retryable: !hopeless.has(code) } });
}
