/**
 * Where the calls of this replica are: a webhook starts to carry one, the watch to rescue one, the comparison of rooms to carry
 * one that was missed. Work for the same room is done one piece after the other.
 */
import type { WebhookEvent } from 'livekit-server-sdk';
import type { Clock } from '../shared/clock.ts';
import type { LostCall } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import type { RoomName } from '../shared/ids.ts';
import { type Call, Calls } from './calls.ts';
import { carry } from './carry.ts';
import { identify } from './identify.ts';
import type { Parts } from './parts.ts';
import { turnAwayIfRefusedElsewhere } from './refuse.ts';
import { rescue } from './rescue.ts';
import type { Caller } from './room-state.ts';

export interface DeskOptions extends Parts {
  /** Rooms of our dispatch rule are named `<roomPrefix>_<called>_<random>`. */
  readonly roomPrefix: string;
  /** Answered calls that nobody knows, in rooms with our prefix, are closed. */
  readonly ownsPrefix: boolean;
  readonly clock: Clock;
}

export class Desk {
  readonly #parts: Parts;
  readonly #calls: Calls;
  readonly #roomPrefix: string;
  readonly #work = new Map<RoomName, Promise<void>>();

  constructor(options: DeskOptions) {
    this.#parts = options;
    this.#calls = new Calls(options.clock);
    this.#roomPrefix = options.roomPrefix;
  }

  /** Calls on the way to an agent or to a refusal. */
  get deciding(): number {
    return this.#work.size;
  }

  /** Whether the call in this room is on its way to a decision here. */
  isDeciding(room: string | undefined): boolean {
    return [...this.#work.keys()].some((decided) => decided === room);
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
    if (before.at === 'empty' && state.at === 'occupied') this.#run(call, () => carry(call, state.caller, this.#parts));
    if (event.kind === 'track_published' && event.who === 'caller' && state.at === 'empty')
      this.#run(call, () => turnAwayIfRefusedElsewhere(call, this.#parts));
  }

  /** A caller in a room about whom nobody decided. */
  onFound(room: RoomName, { sid, leg }: Caller): void {
    const { call } = this.#calls.apply({ kind: 'caller_joined', room, sid, leg });
    const { state } = call;
    if (state.at === 'occupied' && !this.#work.has(room)) this.#run(call, () => carry(call, state.caller, this.#parts));
  }

  onLost(lost: LostCall): void {
    const call = this.#calls.of(lost.room);
    call.placements = lost.placements;
    // Where a call that nobody took is being carried here, the claim is that one's: it may place the call again.
    if (lost.worker === null && this.#work.has(call.room)) return;
    // Who waits for the agent of a worker that died would wait until the rescue comes too late.
    call.lose();
    this.#run(call, () => {
      call.beginAnew();
      return rescue(call, lost, this.#parts);
    });
  }

  /** Resolves when no call is being decided any more. */
  async drained(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work.values());
  }

  /** A fault ends what this replica does for the call; the watch finds what the fault left behind. */
  #run({ room }: Call, work: () => Promise<void>): void {
    const before = this.#work.get(room);
    const guarded = (before === undefined ? work() : before.then(work))
      .catch((thrown: unknown) => {
        this.#parts.log.error({ room, err: coerceError(thrown) }, 'a call could not be carried');
      })
      .finally(() => {
        if (this.#work.get(room) === guarded) this.#work.delete(room);
      });
    this.#work.set(room, guarded);
  }
}
