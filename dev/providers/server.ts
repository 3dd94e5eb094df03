/**
 * Stand-ins for the speech and language providers: one loopback server that speaks their real wire protocols, so that runs
 * without keys and without network exercise the same plugins as runs with them.
 */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { Releases } from '../../shared/lifecycle.ts';
import type { Logger } from '../../shared/log.ts';
import { control } from './control.ts';
import type { Entry, Filter } from './journal.ts';
import type { App, Refusal, SocketRequest, Upgrade } from './protocol.ts';
import { protocols } from './protocols.ts';
import type { ScriptInput } from './script.ts';
import { Speech } from './speech/speech.ts';
import { Stage, type ValidKeys } from './stage.ts';

export interface ProvidersOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** A loopback address: what listens here answers anybody who knows a `dev-` key. */
  readonly host?: string;
  readonly validKeys?: ValidKeys;
  readonly script?: ScriptInput;
  readonly log: Logger;
}

export interface Providers {
  readonly port: number;
  /** What the plugins take as their base URL. */
  readonly urls: {
    readonly openai: string;
    readonly deepgram: string;
    readonly deepgramSocket: string;
    readonly soniox: string;
    readonly elevenlabs: string;
    readonly control: string;
  };
  readonly speech: Speech;
  readonly journal: (filter?: Filter) => Entry[];
  /** Replaces the script. @throws ZodError */
  readonly script: (script: ScriptInput) => Promise<void>;
  /** Forgets script and journal. */
  readonly reset: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const LOOPBACK = /^127(\.\d{1,3}){3}$/;

/** @throws RangeError for an address that is not loopback, Error when the port is taken, ZodError for a bad script */
export async function startProviders(options: ProvidersOptions): Promise<Providers> {
  const { port, host = '127.0.0.1', script = {}, validKeys, log } = options;
  if (!LOOPBACK.test(host)) throw new RangeError(`stand-ins listen on loopback only, got ${host}`);
  const speech = await Speech.open(log);
  const stage = await Stage.open(speech, script, validKeys);

  const app = new Hono<App>();
  app.route('/control', control(stage));
  for (const { routes } of protocols) routes?.(app, stage);
  app.onError((error, context) => {
    log.error({ err: error, path: context.req.path }, 'stand-in failed');
    return context.text('stand-in failed, see its log', 500);
  });

  const releases = new Releases();
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, stream, head) => {
    // A client that resets its connection, or sends what is no websocket frame, must not end the process.
    const broken = (error: Error) => log.info({ reason: error.message }, 'a client broke its connection');
    stream.on('error', broken);
    const upgrade = enter(request, stage);
    if ('refusal' in upgrade) return refuseUpgrade(stream, upgrade.refusal);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      socket.on('error', broken);
      upgrade.accept(socket);
    });
  });
  await listening(server, port, host);
  releases.add('provider stand-ins', () => closed(server));
  releases.add('sockets of the stand-ins', () => {
    for (const socket of sockets.clients) socket.terminate();
  });

  const address = `${host}:${(server.address() as AddressInfo).port}`;
  return {
    port: (server.address() as AddressInfo).port,
    urls: {
      openai: `http://${address}/openai/v1`,
      deepgram: `http://${address}`,
      deepgramSocket: `ws://${address}`,
      soniox: `http://${address}/soniox`,
      elevenlabs: `http://${address}/elevenlabs/v1`,
      control: `http://${address}/control`,
    },
    speech,
    journal: (filter) => stage.journal.entries(filter),
    script: (input) => stage.direct(input),
    reset: () => stage.reset(),
    close: () => releases.close(),
  };
}

const socketRoutes = new Map(protocols.flatMap(({ sockets }) => Object.entries(sockets ?? {})));

function enter(incoming: IncomingMessage, stage: Stage): Upgrade {
  const url = new URL(incoming.url ?? '/', 'http://loopback');
  const request: SocketRequest = { url, headers: incoming.headers, connection: randomUUID() };
  const nowhere = { refusal: { status: 404, headers: {}, body: { message: `no websocket at ${url.pathname}` } } };
  return socketRoutes.get(url.pathname)?.(request, stage) ?? nowhere;
}

/** A websocket that is not wanted is answered with plain HTTP, as the real providers do. */
function refuseUpgrade(stream: Duplex, { status, headers, body }: Refusal): void {
  const text = JSON.stringify(body);
  const fields = Object.entries({
    ...headers,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    connection: 'close',
  });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  stream.end(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n${head}\r\n${text}`);
}

function listening(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeAllConnections();
  });
}
