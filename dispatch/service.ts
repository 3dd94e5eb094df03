/** The running service: an HTTP server for webhooks and health, the calls in flight, the watcher. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Releases } from '../shared/lifecycle.ts';
import { Desk, type DeskOptions } from './desk.ts';
import { checkHealth, isReady, startHealthLog } from './health.ts';
import { KnownNumbers } from './known-numbers.ts';
import { connectLivekit, type LivekitOptions } from './livekit.ts';
import { startReconciler } from './reconcile.ts';
import { startWatcher } from './watch.ts';
import { webhookRoute } from './webhook.ts';

export interface DispatchOptions extends Omit<DeskOptions, 'livekit' | 'known'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly livekit: LivekitOptions;
  /** Calls that come while the database is away; refused unless this says otherwise. */
  readonly withoutDatabase?: 'refuse' | 'admit-known' | undefined;
  /** What else is served beside webhooks and health. */
  readonly routes?: Hono;
}

export interface Dispatch {
  /** http://host:port */
  readonly url: string;
  /** Takes no more webhooks, brings the calls that are being decided to their decision, then stops. */
  close(): Promise<void>;
}

/** Longer than the slowest decision: two waits for an agent, a refusal, and the deadlines of the requests in between. */
const drainMs = 20_000;

export async function startDispatch(options: DispatchOptions): Promise<Dispatch> {
  const known = options.withoutDatabase === 'admit-known' ? new KnownNumbers(options.clock) : undefined;
  const parts: DeskOptions = { ...options, known, livekit: connectLivekit(options.livekit) };
  const desk = new Desk(parts);
  const releases = new Releases();
  releases.add('calls being decided', () => desk.drained(), drainMs);

  const webhook = webhookRoute({ ...options.livekit, log: parts.log, onEvent: (event) => desk.onEvent(event) });
  const app = new Hono();
  app.route('/', webhook.app);
  if (options.routes !== undefined) app.route('/', options.routes);
  app.get('/healthz', (context) =>
    context.json({ webhooks: webhook.counts, deciding: desk.deciding, withoutDatabase: known?.counts ?? null }),
  );
  app.get('/readyz', async (context) => {
    const health = await checkHealth(parts);
    return context.json(health, isReady(health) ? 200 : 503);
  });
  const { url, close } = await listen(app, options);
  releases.add('HTTP server', close);
  parts.log.info({ url }, 'listening');

  const watcher = startWatcher({ ...parts, onLost: (lost) => desk.onLost(lost) });
  releases.add('watcher', () => watcher.close());
  const reconciler = startReconciler({ ...parts, onFound: (room, caller) => desk.onFound(room, caller) });
  releases.add('comparison of rooms', () => reconciler.close());
  const healthLog = startHealthLog(parts);
  releases.add('health log', () => healthLog.close());
  return { url, close: () => releases.close() };
}

async function listen(app: Hono, { host, port }: DispatchOptions) {
  const { server, address } = await new Promise<{ server: ReturnType<typeof serve>; address: AddressInfo }>(
    (resolve, reject) => {
      const server = serve({ fetch: app.fetch, hostname: host, port }, (address) => resolve({ server, address }));
      server.once('error', reject);
    },
  );
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      if ('closeIdleConnections' in server) server.closeIdleConnections();
    });
  return { url: `http://${host}:${address.port}`, close };
}
