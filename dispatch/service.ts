/** The running service: an HTTP server for webhooks and health, the calls in flight, the watcher. */
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { WebhookEvent } from 'livekit-server-sdk';
import type { Clock } from '../shared/clock.ts';
import { coerceError } from '../shared/faults.ts';
import { Releases } from '../shared/lifecycle.ts';
import { type Call, Calls } from './calls.ts';
import { carry } from './carry.ts';
import { checkHealth, isReady, startHealthLog } from './health.ts';
import { identify } from './identify.ts';
import { connectLivekit, type LivekitOptions } from './livekit.ts';
import type { Parts } from './parts.ts';
import { turnAwayIfRefusedElsewhere } from './refuse.ts';
import { startWatcher } from './watch.ts';
import { webhookRoute } from './webhook.ts';

export interface DispatchOptions extends Omit<Parts, 'livekit'> {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly livekit: LivekitOptions;
  /** Rooms of our dispatch rule are named `<roomPrefix>_<called>_<random>`. */
  readonly roomPrefix: string;
  readonly clock: Clock;
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
  const parts: Parts = { ...options, livekit: connectLivekit(options.livekit) };
  const desk = new Desk(parts, options);
  const releases = new Releases();
  releases.add('calls being decided', () => desk.drained(), drainMs);

  const webhook = webhookRoute({ ...options.livekit, log: parts.log, onEvent: (event) => desk.onEvent(event) });
  const app = new Hono();
  app.route('/', webhook.app);
  app.get('/healthz', (context) => context.json({ webhooks: webhook.counts, deciding: desk.deciding }));
  app.get('/readyz', async (context) => {
    const health = await checkHealth(parts);
    return context.json(health, isReady(health) ? 200 : 503);
  });
  const { url, close } = await listen(app, options);
  releases.add('HTTP server', close);
  parts.log.info({ url }, 'listening');

  const watcher = startWatcher(parts);
  releases.add('watcher', () => watcher.close());
  const healthLog = startHealthLog(parts);
  releases.add('health log', () => healthLog.close());
  return { url, close: () => releases.close() };
}

/** Where webhooks become calls that are carried. */
class Desk {
  readonly #parts: Parts;
  readonly #calls: Calls;
  readonly #roomPrefix: string;
  readonly #carried = new Set<Promise<void>>();

  constructor(parts: Parts, { clock, roomPrefix }: DispatchOptions) {
    this.#parts = parts;
    this.#calls = new Calls(clock);
    this.#roomPrefix = roomPrefix;
  }

  get deciding(): number {
    return this.#carried.size;
  }

  onEvent(webhook: WebhookEvent): void {
    const event = identify(webhook, this.#roomPrefix);
    if (event.kind === 'ignored') {
      this.#parts.log.debug({ event: webhook.event, room: webhook.room?.name, why: event.why }, 'webhook ignored');
      return;
    }
    const { call, before } = this.#calls.apply(event);
    const { state } = call;
    if (before.at === 'empty' && state.at === 'ringing') this.#run(call, carry(call, state.caller, this.#parts));
    if (event.kind === 'track_published' && state.at === 'empty')
      this.#run(call, turnAwayIfRefusedElsewhere(call, this.#parts));
  }

  async drained(): Promise<void> {
    while (this.#carried.size > 0) await Promise.all(this.#carried);
  }

  /** A fault ends what this replica does for the call; the watcher finds what the fault left behind. */
  #run(call: Call, work: Promise<void>): void {
    const guarded = work
      .catch((thrown: unknown) => {
        this.#parts.log.error({ room: call.room, err: coerceError(thrown) }, 'a call could not be carried');
      })
      .finally(() => this.#carried.delete(guarded));
    this.#carried.add(guarded);
  }
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
