/** Where webhooks become calls that are carried: one event in, at most one piece of work started for it. */
import type { WebhookEvent } from 'livekit-server-sdk';
import type { Clock } from '../shared/clock.ts';
import { coerceError } from '../shared/faults.ts';
import { type Call, Calls } from './calls.ts';
import { carry } from './carry.ts';
import { identify } from './identify.ts';
import type { Parts } from './parts.ts';
import { turnAwayIfRefusedElsewhere } from './refuse.ts';

export interface DeskOptions extends Parts {
  /** Rooms of our dispatch rule are named `<roomPrefix>_<called>_<random>`. */
  readonly roomPrefix: string;
  readonly clock: Clock;
}

export class Desk {
  readonly #parts: Parts;
  readonly #calls: Calls;
  readonly #roomPrefix: string;
  readonly #carried = new Set<Promise<void>>();

  constructor(options: DeskOptions) {
    this.#parts = options;
    this.#calls = new Calls(options.clock);
    this.#roomPrefix = options.roomPrefix;
  }

  /** Calls on the way to an agent or to a refusal. */
  get deciding(): number {
    return this.#carried.size;
  }

  /** Starts what the event calls for and returns at once. */
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

  /** Resolves when no call is being decided any more. */
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
