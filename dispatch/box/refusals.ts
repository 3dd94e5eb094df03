/**
 * What a refused caller gets on a box: busy, or, where the configuration says so, a sentence or another number. Being told so
 * takes an agent for a moment, so there are only so many at once; whoever comes beyond that hears busy.
 */
import type { RefusalAnswer } from '../../shared/jobs.ts';
import type { RefusalReason } from '../../shared/reasons.ts';
import type { Invite, OpenNumber } from './call-book.ts';

/** What the configuration of a number says of calls that nobody takes. */
export interface NumberPolicy {
  /** Whether the business is closed now and wants no calls answered meanwhile. */
  readonly isClosed: boolean;
  readonly language: string;
  readonly refusal: {
    readonly action: 'busy' | 'message' | 'forward';
    readonly audio_url: string | null;
    readonly to: string | null;
    readonly most_at_once: number;
  };
}

export const alwaysBusy: NumberPolicy = {
  isClosed: false,
  language: 'en',
  refusal: { action: 'busy', audio_url: null, to: null, most_at_once: 1 },
};

interface Told {
  readonly numberId: string;
  readonly endsAtMs: number;
}

interface Forwarded {
  readonly caller: string;
  readonly atMs: number;
  readonly numberId: string;
  readonly to: string;
}

const longestMs = 60_000;
const mostOfAll = 20;
const loopMs = 30_000;
const forwardsInALoop = 2;

/** All others hear busy: nobody has the number, or there is no agent to tell anything. */
const withPolicy: readonly RefusalReason[] = [
  'number_busy',
  'organization_busy',
  'pool_busy',
  'platform_busy',
  'organization_rate_limited',
  'breaker_open',
  'outside_hours',
];

export class Refusals {
  readonly #nowMs: () => number;
  readonly #told = new Map<number, Told>();
  #forwarded: Forwarded[] = [];
  #lastId = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  answerTo(invite: Invite, number: OpenNumber, reason: RefusalReason, policy: NumberPolicy): RefusalAnswer {
    const { action, to, audio_url } = policy.refusal;
    if (!withPolicy.includes(reason) || action === 'busy' || !this.#hasRoom(number, policy)) return { action: 'busy' };
    if (action === 'message') {
      const { language } = policy;
      return { action, reason, refusal_id: this.#tell(number), language, audio_url };
    }
    if (to === null || this.#isLoop(invite, number, to)) return { action: 'busy' };
    this.#forwarded.push({ caller: invite.caller, atMs: this.#nowMs(), numberId: number.numberId, to });
    return { action, reason, refusal_id: this.#tell(number), language: policy.language, to };
  }

  /** A caller who asks again hears the same while it is on, and nobody is told twice. */
  isOn(answer: RefusalAnswer): boolean {
    return answer.action !== 'busy' && this.#isOn(this.#told.get(answer.refusal_id));
  }

  /** False: it was over. */
  end(refusalId: number): boolean {
    const wasOn = this.#isOn(this.#told.get(refusalId));
    this.#told.delete(refusalId);
    return wasOn;
  }

  #isOn(told: Told | undefined): boolean {
    return told !== undefined && told.endsAtMs > this.#nowMs();
  }

  #hasRoom({ numberId }: OpenNumber, { refusal }: NumberPolicy): boolean {
    for (const [id, told] of this.#told) if (!this.#isOn(told)) this.#told.delete(id);
    const ofNumber = [...this.#told.values()].filter((told) => told.numberId === numberId);
    return ofNumber.length < refusal.most_at_once && this.#told.size < mostOfAll;
  }

  #tell({ numberId }: OpenNumber): number {
    // Counts on from the clock: an agent may end one that was begun before dispatch was started again.
    this.#lastId = Math.max(this.#lastId + 1, this.#nowMs());
    this.#told.set(this.#lastId, { numberId, endsAtMs: this.#nowMs() + longestMs });
    return this.#lastId;
  }

  /** To the number itself, or from or to it twice within moments, as by two busy numbers that name each other. */
  #isLoop({ called, caller }: Invite, { numberId }: OpenNumber, to: string): boolean {
    if (digits(to) === digits(called)) return true;
    this.#forwarded = this.#forwarded.filter(({ atMs }) => atMs > this.#nowMs() - loopMs);
    const before = this.#forwarded.filter(
      (one) => one.caller === caller && (one.numberId === numberId || digits(one.to) === digits(called)),
    );
    return before.length >= forwardsInALoop;
  }
}

function digits(number: string): string {
  return number.replace(/^\+/, '');
}
