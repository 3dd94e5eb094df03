/**
 * Sends what is owed to the endpoints of tenants. Safe in any number of replicas: `claim_webhook_deliveries` gives each delivery
 * to one of them, for 30 s.
 *
 * claimed ──▶ being sent ──▶ settled: delivered, or owed again later. Whatever is cut off when this stops is given back. What is
 * neither, because the database was away when it was to be settled, is sent again when its 30 s are over, under the same id.
 */
import type { Dispatcher } from 'undici';
import type { Clock } from '../../shared/clock.ts';
import { type Database, DatabaseAway } from '../../shared/db.ts';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { outsideAgent, type PrivateHosts } from '../../shared/outside-agent.ts';
import type { KeyRing } from '../../shared/provider-keys.ts';
import { type Repeating, startRepeating } from '../../shared/repeat.ts';
import {
  type ClaimedDelivery,
  claimedSchema,
  type DeliveryOutcome,
  releasedSchema,
  settledSchema,
} from './delivery.ts';
import { readAddress } from './endpoint-address.ts';
import { post } from './post.ts';
import { openSecret } from './secret.ts';
import { signedHeaders } from './sign.ts';

export interface DeliveryPatience {
  /** Between two looks for what is due, when the last one found nothing. */
  readonly idleMs: number;
  /** And when it found something: of each endpoint a few are claimed at once, and more may wait. */
  readonly busyMs: number;
  /** Longest wait for an endpoint: the lease of 30 s has to outlast it. */
  readonly answerMs: number;
  /** At the stop, what is being sent may take so long to end by itself. */
  readonly graceMs: number;
}

export const deliveryPatience: DeliveryPatience = { idleMs: 1_000, busyMs: 100, answerMs: 10_000, graceMs: 4_000 };

export interface DelivererOptions {
  readonly database: Database;
  /** Opens what deliveries are signed with. */
  readonly keyRing: KeyRing;
  readonly clock: Clock;
  readonly log: Logger;
  readonly patience?: DeliveryPatience;
  /** How endpoints are reached; left out: on the outside alone, but for the hosts inside that the owner allows. */
  readonly openWay?: (privateHosts: PrivateHosts) => Dispatcher;
}

const mostAtOnce = 32;

export function startDeliverer(options: DelivererOptions): Repeating {
  const { patience = deliveryPatience } = options;
  const deliverer = new Deliverer(options, patience);
  const rounds = startRepeating(
    () => (deliverer.isBusy ? patience.busyMs : patience.idleMs),
    () => deliverer.round(),
  );
  return {
    async close() {
      await rounds.close();
      await deliverer.stop();
    },
  };
}

class Deliverer {
  readonly #options: DelivererOptions;
  readonly #patience: DeliveryPatience;
  readonly #way: Dispatcher;
  readonly #sending = new Set<Promise<void>>();
  /** As the newest claim had them. */
  #privateHosts: readonly string[] = [];
  #isStopping = false;
  isBusy = false;

  constructor(options: DelivererOptions, patience: DeliveryPatience) {
    const { openWay = outsideAgent } = options;
    this.#options = options;
    this.#patience = patience;
    this.#way = openWay({ includes: (host) => this.#privateHosts.includes(host) });
  }

  /** Starts to send what is due, as far as there is room. Never throws. */
  async round(): Promise<void> {
    this.isBusy = false;
    const room = mostAtOnce - this.#sending.size;
    if (room === 0) return;
    try {
      const claimed = await this.#options.database.rows('claim_webhook_deliveries', { p_limit: room }, claimedSchema);
      this.isBusy = claimed.length > 0;
      for (const delivery of claimed) this.#start(delivery);
    } catch (thrown) {
      // That the database is away is said once, by the health log, and not every second.
      if (!(thrown instanceof DatabaseAway))
        this.#options.log.error({ err: coerceError(thrown) }, 'could not look for webhooks that are due');
    }
  }

  /** Nothing new is started any more. */
  async stop(): Promise<void> {
    const { graceMs } = this.#patience;
    // Too late for some: those are cut off next.
    await withDeadline('what is being sent', graceMs, this.#sent()).catch(() => undefined);
    this.#isStopping = true;
    await this.#way.destroy();
    await this.#sent();
  }

  async #sent(): Promise<void> {
    while (this.#sending.size > 0) await Promise.all(this.#sending);
  }

  #start(delivery: ClaimedDelivery): void {
    this.#privateHosts = delivery.privateHosts;
    const sending = this.#send(delivery).finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  /** Never throws. */
  async #send(delivery: ClaimedDelivery): Promise<void> {
    const { clock, log } = this.#options;
    const { id, attempt, event, tenant } = delivery;
    const begunMs = clock.monotonicMs();
    try {
      const outcome = await this.#attempt(delivery);
      const tookMs = Math.round(clock.monotonicMs() - begunMs);
      const end =
        this.#isStopping && isUnanswered(outcome) ? this.#giveBack(delivery) : this.#settle(delivery, outcome);
      log.info({ tenant, webhook: { id, event, attempt, ...outcome, tookMs, end: await end } }, 'webhook attempted');
    } catch (thrown) {
      log.warn(
        { err: coerceError(thrown), tenant, webhook: { id, event, attempt } },
        'webhook not settled: sent again later',
      );
    }
  }

  async #attempt(delivery: ClaimedDelivery): Promise<DeliveryOutcome> {
    const { url: written, body, privateHosts } = delivery;
    const address = readAddress(written, privateHosts);
    if (address.outcome === 'unusable') return unsent(address.problem);
    const headers = this.#sign(delivery);
    if (headers === undefined) return unsent('its secret cannot be opened: whoever runs the platform has to look');
    return post(this.#way, { url: address.url, headers, body, deadlineMs: this.#patience.answerMs });
  }

  #sign({ id, body, tenant, sealedSecret }: ClaimedDelivery): Record<string, string> | undefined {
    const { keyRing, clock, log } = this.#options;
    const timestampS = Math.floor(clock.now() / 1000);
    try {
      return signedHeaders({ id, timestampS, body }, openSecret(keyRing, tenant, sealedSecret));
    } catch (thrown) {
      log.error({ err: coerceError(thrown), tenant }, 'a webhook cannot be signed');
      return undefined;
    }
  }

  async #settle({ id, attempt }: ClaimedDelivery, outcome: DeliveryOutcome): Promise<string> {
    const isDelivered = outcome.outcome === 'delivered';
    const args = {
      p_id: id,
      p_attempt: attempt,
      p_delivered: isDelivered,
      p_status: outcome.status,
      p_error: isDelivered ? null : outcome.problem,
    };
    const { settled, againAt } = await this.#options.database.row('settle_webhook_delivery', args, settledSchema);
    if (!settled) return 'somebody else has it';
    return isDelivered ? 'delivered' : (againAt?.toISOString() ?? 'given up');
  }

  async #giveBack({ id, attempt }: ClaimedDelivery): Promise<string> {
    const release = { p_id: id, p_attempt: attempt };
    const { released } = await this.#options.database.row('release_webhook_delivery', release, releasedSchema);
    return released ? 'given back' : 'somebody else has it';
  }
}

function isUnanswered(outcome: DeliveryOutcome): boolean {
  return outcome.outcome === 'failed' && outcome.status === null;
}

function unsent(problem: string): DeliveryOutcome {
  return { outcome: 'failed', status: null, problem: `not sent: ${problem}` };
}
