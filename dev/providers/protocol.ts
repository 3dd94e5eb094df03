/** What a provider's protocol brings to the server: HTTP routes, websocket routes, its own error bodies. */
import type { IncomingHttpHeaders } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import type { WebSocket } from 'ws';
import { CutOff, type Performance, perform } from './perform.ts';
import type { Stage } from './stage.ts';

export interface App {
  Bindings: HttpBindings;
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Upgrade = { readonly refusal: Refusal } | { readonly accept: (socket: WebSocket) => void };

export interface SocketRequest {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  /** Names this connection in the journal. */
  readonly connection: string;
}

export interface Protocol {
  readonly routes?: (app: Hono<App>, stage: Stage) => void;
  /** By path. */
  readonly sockets?: Readonly<Record<string, (request: SocketRequest, stage: Stage) => Upgrade>>;
}

export function refuse({ status, headers, body }: Refusal): Response {
  return Response.json(body, { status, headers });
}

/** A streamed HTTP answer; where the cue cuts it the socket is closed without the last chunk of the transfer encoding. */
export function streamed(
  context: Context<App>,
  headers: Readonly<Record<string, string>>,
  performance: Omit<Performance<Uint8Array>, 'signal'>,
): Response {
  const body = async function* () {
    try {
      yield* perform({ ...performance, signal: context.req.raw.signal });
    } catch (thrown) {
      if (!(thrown instanceof CutOff)) throw thrown;
      context.env.outgoing.socket?.destroySoon();
    }
  };
  return new Response(ReadableStream.from(body()), { headers });
}

/** The same over a websocket; a cut is a connection gone without a close frame. */
export async function sendAll(
  socket: WebSocket,
  performance: Omit<Performance<string | Buffer>, 'signal'>,
): Promise<void> {
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  try {
    for await (const message of perform({ ...performance, signal: gone.signal })) {
      if (socket.readyState === socket.OPEN) socket.send(message);
    }
    socket.close(1_000);
  } catch (thrown) {
    socket.terminate();
    if (!(thrown instanceof CutOff)) throw thrown;
  }
}

/** The value of `Authorization: <scheme> <key>`; empty when it is missing or of another scheme. */
export function keyOf(authorization: string | undefined, scheme: string): string {
  const [given, key] = (authorization ?? '').split(' ');
  return given?.toLowerCase() === scheme.toLowerCase() ? (key ?? '') : '';
}
