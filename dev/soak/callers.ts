/** Callers who come all the time, stay as long as they like and leave as they please. */
import { setTimeout as delay } from 'node:timers/promises';
import { coerceError } from '../../shared/faults.ts';
import { type Business, pizza, studio } from '../faults/businesses.ts';
import type { Caller } from '../faults/caller.ts';
import type { World } from '../faults/world.ts';
import type { Chance } from './random.ts';

type Manner = 'gives up' | 'hangs up in the greeting' | 'talks' | 'vanishes';
const manners: readonly Manner[] = [
  'gives up',
  'hangs up in the greeting',
  'talks',
  'talks',
  'talks',
  'talks',
  'vanishes',
];
/** Two cores carry about ten calls. */
const mostAtOnce = 8;

export interface Tally {
  calls: number;
  answered: number;
  refused: number;
  /** Cut off although they wanted to stay. */
  lost: number;
  /** Not dialled, because as many as this machine carries were on. */
  skipped: number;
}

export class Callers {
  readonly tally: Tally = { calls: 0, answered: 0, refused: 0, lost: 0, skipped: 0 };
  readonly #world: World;
  readonly #chance: Chance;
  readonly #calls = new Set<Promise<void>>();
  #fault: Error | undefined;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  /**
   * Until told to stop; then waits for the last caller to leave.
   *
   * @param everyMs between two calls, in the mean
   * @throws what made a caller fail, as soon as one does
   */
  async run(everyMs: number, stop: AbortSignal): Promise<void> {
    while (!stop.aborted && this.#fault === undefined) {
      if (this.#calls.size >= mostAtOnce) this.tally.skipped += 1;
      else this.#start(stop);
      await delay(this.#chance.between(0.5, 1.5) * everyMs);
    }
    await Promise.all(this.#calls);
    if (this.#fault !== undefined) throw this.#fault;
  }

  #start(stop: AbortSignal): void {
    const [business, manner] = [this.#chance.pick([pizza, studio]), this.#chance.pick(manners)];
    const stayMs = this.#chance.between(5_000, 30_000);
    const call = this.#call(business, manner, stayMs, stop)
      .catch((thrown: unknown) => {
        this.#fault ??= coerceError(thrown);
      })
      .finally(() => this.#calls.delete(call));
    this.#calls.add(call);
  }

  async #call(business: Business, manner: Manner, stayMs: number, stop: AbortSignal): Promise<void> {
    this.tally.calls += 1;
    await using caller = await this.#world.dial(business);
    if (manner === 'gives up') return void (await delay(this.#chance.between(0, 600)));
    if (!(await isAnswered(caller))) {
      this.tally.refused += 1;
      return;
    }
    this.tally.answered += 1;
    if (manner === 'hangs up in the greeting') return void (await delay(this.#chance.between(100, 2_500)));
    caller.converse();
    const untilMs = performance.now() + stayMs;
    while (performance.now() < untilMs && caller.isLive && !stop.aborted) await delay(100);
    if (!caller.isLive) this.tally.lost += 1;
    else if (manner === 'vanishes') await caller.phone.call.close();
  }
}

async function isAnswered(caller: Caller): Promise<boolean> {
  while (caller.state === 'ringing' && caller.phone.call.sinceInviteMs() < 30_000) await delay(50);
  return caller.isLive;
}
