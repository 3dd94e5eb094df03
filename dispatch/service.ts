/** The running service: an HTTP server for webhooks and health, the calls in flight, the watcher. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Releases } from '../shared/lifecycle.ts';
import { Desk, type DeskOptions } from './desk.ts';
import { startForgetting } from './forget.ts';
import { checkHealth, startHealthLog } from './health.ts';
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
  /**
   * Begins no call any more, brings those that are being decided to their decision, then stops.
   *
   * A webhook that would begin one is answered with 503. LiveKit brings it again after 1, 2, 4 and 8 s (go-retryablehttp, as
   * its notifier uses it), to whoever listens by then: another replica, or the one that is started in the place of this one.
   * Carried on here, such calls would come for as long as somebody dials, and the last of them would be cut off in the middle.
   * Retry-After is left out on purpose: it would put a second in the place of each of those waits, and the four tries would
   * be used up after 4 s, in which no program is stopped and started.
   */
  close(): Promise<void>;
}

/** Longer than the slowest decision: two waits for an agent, a refusal, and the deadlines of the requests in between. */
const drainMs = 20_000;

export async function startDispatch(options: DispatchOptions): Promise<Dispatch> {
  const known = options.withoutDatabase === 'admit-known' ? new KnownNumbers(options.clock) : undefined;
  const parts: DeskOptions = { ...options, known, livekit: connectLivekit(options.livekit) };
  const desk = new Desk(parts);
  const releases = new Releases();
  let stopping = false;

  const webhook = webhookRoute({
    ...options.livekit,
    log: parts.log,
    onEvent(event) {
      if (stopping && !desk.isDeciding(event.room?.name)) return 'later';
      desk.onEvent(event);
      return 'taken';
    },
  });
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    // Whoever comes again is to find another replica, not this one at the end of a connection that is kept open.
    if (stopping) context.header('connection', 'close');
  });
  app.route('/', webhook.app);
  app.get('/healthz', (context) =>
    context.json({ webhooks: webhook.counts, deciding: desk.deciding, withoutDatabase: known?.counts ?? null }),
  );
  app.get('/readyz', async (context) => {
    if (stopping) return context.json({ stopping, deciding: desk.deciding }, 503);
    // A part that is away is away for every replica: taken out of the rotation, nobody would be left to say busy.
    return context.json(await checkHealth(parts));
  });
  // Last: whatever has no path above is a page.
  if (options.routes !== undefined) app.route('/', options.routes);
  const { url, close } = await listen(app, options);
  releases.add('HTTP server', close);
  releases.add('calls being decided', () => desk.drained(), drainMs);
  parts.log.info({ url }, 'listening');

  const watcher = startWatcher({ ...parts, onLost: (lost) => desk.onLost(lost) });
  releases.add('watcher', () => watcher.close());
  const reconciler = startReconciler({ ...parts, onFound: (room, caller) => desk.onFound(room, caller) });
  releases.add('comparison of rooms', () => reconciler.close());
  const forgetting = startForgetting(parts);
  releases.add('forgetting', () => forgetting.close());
  const healthLog = startHealthLog(parts);
  releases.add('health log', () => healthLog.close());
  return {
    url,
    close() {
      stopping = true;
      return releases.close();
    },
  };
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
