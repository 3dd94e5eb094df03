/**
 * LiveKit's webhooks: `POST /livekit/webhook`. The answer goes out before any work is done, because LiveKit keeps one
 * queue per room and a slow answer delays the next event of the same call.
 *
 * Bodies hold `room.turnPassword` and are never logged.
 */
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import { LRUCache } from 'lru-cache';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';

export interface WebhookOptions {
  readonly apiKey: string;
  readonly apiSecret: string;
  readonly log: Logger;
  /** Called once per event, in order of arrival, before the answer is sent. Returns at once and never throws. */
  readonly onEvent: (event: WebhookEvent) => Reception;
}

/** `later`: LiveKit is to bring the event again. */
export type Reception = 'taken' | 'later';

export interface WebhookCounts {
  accepted: number;
  repeated: number;
  /** Sent away, because this replica is stopping. */
  postponed: number;
  /** Not signed with our key, or not what was signed. */
  rejected: number;
}

/** A participant may carry 64 KiB of attributes; the rest of an event is small. */
const maxBodyBytes = 256 * 1024;
/** LiveKit gives an event up after 30 s in its queue; this many are a busy minute. */
const maxRememberedEvents = 20_000;

export function webhookRoute(options: WebhookOptions): {
  readonly app: Hono;
  readonly counts: Readonly<WebhookCounts>;
} {
  const receiver = new WebhookReceiver(options.apiKey, options.apiSecret);
  const seen = new LRUCache<string, true>({ max: maxRememberedEvents });
  const counts: WebhookCounts = { accepted: 0, repeated: 0, postponed: 0, rejected: 0 };

  const app = new Hono();
  app.post('/livekit/webhook', bodyLimit({ maxSize: maxBodyBytes }), async (context) => {
    const body = await context.req.text();
    const event = await verified(receiver, body, context.req.header('authorization'));
    if (event instanceof Error) {
      counts.rejected++;
      options.log.warn({ problem: event.message, rejected: counts.rejected }, 'webhook rejected');
      return context.text('not signed by our LiveKit server', 401);
    }
    if (event.id !== '' && seen.has(event.id)) {
      counts.repeated++;
      return context.text('seen before');
    }
    if (options.onEvent(event) === 'later') {
      counts.postponed++;
      return context.text('stopping: bring it again', 503);
    }
    seen.set(event.id, true);
    counts.accepted++;
    return context.text('ok');
  });
  return { app, counts };
}

async function verified(receiver: WebhookReceiver, body: string, signature?: string): Promise<WebhookEvent | Error> {
  try {
    return await receiver.receive(body, signature);
  } catch (thrown) {
    return coerceError(thrown);
  }
}
