/** The API, the database and one deliverer, with servers of tenants that it sends to: all real. */
import type { LookupFunction } from 'node:net';
import { z } from 'zod';
import { askTable } from '../../dev/stack/rows.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { deliveryPatience, startDeliverer } from '../../dispatch/webhooks/deliver.ts';
import { systemClock } from '../../shared/clock.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { outsideAgent } from '../../shared/outside-agent.ts';
import { parseKeyRing } from '../../shared/provider-keys.ts';
import { ApiWorld, type Client, itemsOf, type Row } from './api-world.ts';
import { makeCertificate, openReceiver, type Receiver } from './webhook-receiver.ts';

const addedSchema = z.looseObject({ id: z.uuid(), secret: z.string() });
const eventDeadlineMs = 15_000;
/** Every name leads to this machine. */
const inwards: LookupFunction = (_hostname, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]);
/** An endpoint that does not answer is waited for a second here, and at the stop half of one. */
export const patience = { ...deliveryPatience, idleMs: 50, busyMs: 10, answerMs: 1_000, graceMs: 500 };

export type Webhook = z.infer<typeof addedSchema>;

export class WebhookWorld implements AsyncDisposable {
  readonly api: ApiWorld;
  /** What deliverers logged. */
  readonly log: string[] = [];
  readonly #certificate = makeCertificate();
  readonly #releases: Releases;

  private constructor(api: ApiWorld, releases: Releases) {
    this.api = api;
    this.#releases = releases;
  }

  static async start(): Promise<WebhookWorld> {
    const api = await ApiWorld.start();
    const releases = new Releases();
    releases.add('API', () => api[Symbol.asyncDispose]());
    return new WebhookWorld(api, releases);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#releases.close();
  }

  /** A server on the inside; the platform's owner allows what is named by `allow`. */
  async openReceiver(): Promise<Receiver> {
    const receiver = await openReceiver(this.#certificate);
    this.#releases.add('receiver', () => receiver.close());
    return receiver;
  }

  async allow(...receivers: readonly Receiver[]): Promise<void> {
    const config = { owner: { private_hosts: receivers.map(({ host }) => host) } };
    await this.change('platform_settings', { id: 'eq.true' }, { config });
  }

  /** @returns what stops it */
  startDeliverer(): () => Promise<void> {
    const write = (line: string) => void this.log.push(line);
    const deliverer = startDeliverer({
      database: this.database(this.api.supabase.dispatchToken),
      keyRing: parseKeyRing('ab'.repeat(32)),
      clock: systemClock,
      log: createLog({ service: 'dispatch', level: 'debug', showPii: false }, { write }),
      patience,
      openWay: (privateHosts) => outsideAgent(privateHosts, { ca: this.#certificate.cert, lookup: inwards }),
    });
    let closed: Promise<void> | undefined;
    const close = () => {
      closed ??= deliverer.close();
      return closed;
    };
    this.#releases.add('deliverer', close);
    return close;
  }

  database(token: string): Database {
    const { url, anonKey } = this.api.supabase;
    return openDatabase({ url, anonKey, token, deadlineMs: 5_000 });
  }

  async change(table: string, filter: Readonly<Record<string, string>>, values: Row): Promise<Row[]> {
    return askTable(this.api.supabase, { method: 'PATCH', table, filter, values });
  }

  /** Whatever waits for another attempt is due. */
  async letTimePass(webhook: Webhook): Promise<void> {
    const filter = { endpoint_id: `eq.${webhook.id}`, claimed_until: 'is.null', next_attempt_at: 'not.is.null' };
    await this.change('webhook_deliveries', filter, { next_attempt_at: new Date(0).toISOString() });
  }

  async deliveries(client: Client, { id }: Pick<Webhook, 'id'>): Promise<Row[]> {
    return itemsOf(await client.get(`/webhooks/${id}/deliveries`));
  }

  /** Waits for the newest delivery to be like that. */
  async delivered(client: Client, webhook: Webhook, like: Row = { state: 'delivered' }): Promise<Row> {
    const what = `a delivery that is ${JSON.stringify(like)}`;
    return waitFor(
      async () => {
        const [newest] = await this.deliveries(client, webhook);
        return newest && Object.entries(like).every(([name, value]) => newest[name] === value) ? newest : undefined;
      },
      { what, deadlineMs: eventDeadlineMs },
    );
  }
}

export async function addWebhook(client: Client, organization: string, url: string, events: readonly string[] = []) {
  const answer = await client.post('/webhooks', { organization, url, events });
  if (answer.status !== 201) throw new Error(`not added: ${JSON.stringify(answer.body)}`);
  return addedSchema.parse(answer.body);
}
