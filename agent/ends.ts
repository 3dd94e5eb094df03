/**
 * How a call ends. Many can end it (caller, agent, limits, providers, platform, shard); the first one decides, and whoever
 * comes later changes nothing.
 */
import type { ConfigProblem } from '../shared/config/index.ts';
import { withDeadline } from '../shared/faults.ts';
import type { ReasonCode } from '../shared/reasons.ts';
import type { Refusal } from './gate.ts';
import { endInsteadOf } from './resume.ts';

export type CallOutcome = CallEnd | NotOurs | HandedOver;

export interface CallEnd {
  readonly kind: 'ended';
  readonly reason: ReasonCode;
  readonly cause?: Error;
  readonly problems?: readonly ConfigProblem[];
}

/** Another shard has the call, or it is over: its room and its record are not ours to touch. */
export interface NotOurs {
  readonly kind: 'not_ours';
  readonly why: string;
}

/** The call is ours and cannot go on here: its room stays, and the watcher finds it another shard. */
export interface HandedOver {
  readonly kind: 'handed_over';
  readonly why: string;
}

/**
 * How far a call has come. `answering`: our audio is on its way to being published, which nothing takes back, so the caller
 * will hear us; a caller who leaves in that moment has not.
 */
type Stage = 'ringing' | 'answering' | 'answered';

/** LiveKit says what became of a transfer as soon as the call is over; a LiveKit that does not must not keep a line taken. */
const transferNewsMs = 5_000;
const roomNewsMs = 1_000;

export class CallEnds {
  readonly first: Promise<CallOutcome>;
  #resolve: (outcome: CallOutcome) => void = () => undefined;
  #reached: CallOutcome | undefined;
  #stage: Stage = 'ringing';
  #transfer: Promise<unknown> | undefined;
  #callerIsGone = false;

  constructor() {
    this.first = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** The end, once there is one. */
  get reached(): CallOutcome | undefined {
    return this.#reached;
  }

  /** Ending the call now, the caller hears busy. */
  get ringing(): boolean {
    return this.#stage === 'ringing';
  }

  /** A call that was answered before it came here stays so. */
  reach(stage: 'answering' | 'answered'): void {
    if (this.#stage !== 'answered') this.#stage = stage;
  }

  /** Settles when what the agent is saying was said; at once, while there is no conversation. */
  untilSaid: () => Promise<void> = () => Promise.resolve();

  /** For an end that others want: it comes after the sentence that is being said. */
  async endWhenSaid(reason: ReasonCode): Promise<void> {
    await this.untilSaid();
    this.end(reason);
  }

  end(reason: ReasonCode, cause?: Error): CallOutcome {
    return this.#decide({ kind: 'ended', reason, ...(cause && { cause }) });
  }

  refuse({ reason, problems, cause }: Refusal): CallOutcome {
    const told = this.#stage === 'answered' ? endInsteadOf(reason) : reason;
    return this.#decide({ kind: 'ended', reason: told, ...(problems && { problems }), ...(cause && { cause }) });
  }

  abandon(why: string): CallOutcome {
    return this.#decide({ kind: 'not_ours', why });
  }

  /** As it turns out, it never was: nothing is settled or deleted, whatever ended it here first, a caller who left for one. */
  neverOurs(why: string): NotOurs {
    const notOurs = { kind: 'not_ours', why } as const;
    this.#decide(notOurs);
    return notOurs;
  }

  /** Whether we are in the call's room, or being brought back into it. */
  inRoom: () => boolean = () => false;

  /**
   * LiveKit says that our job is over. It says so too when our connection was made anew, because the old one left the room.
   * That a room is gone, or we are sent out of it, is told as well, and says more.
   */
  terminated(): void {
    const look = () => this.inRoom() || this.handOver('LiveKit ended the job');
    setTimeout(look, roomNewsMs).unref();
  }

  /** A caller who was answered already may be served by somebody who can come. */
  notJoined(cause: Error): CallOutcome {
    return this.ringing ? this.end('agent_failed', cause) : this.handOver(cause.message);
  }

  handOver(why: string): CallOutcome {
    return this.#decide({ kind: 'handed_over', why });
  }

  /** Whether the caller's exchange is calling somebody else at this moment. */
  get puttingThrough(): boolean {
    return this.#transfer !== undefined;
  }

  get callerIsGone(): boolean {
    return this.#callerIsGone;
  }

  /** While this works, a caller who leaves may be with somebody else already: what it decides comes first. */
  async whilePuttingThrough<T>(work: () => Promise<T>): Promise<T> {
    const transfer = work();
    this.#transfer = transfer;
    try {
      return await transfer;
    } finally {
      this.#transfer = undefined;
    }
  }

  /** Settles when no transfer is under way any more; at once when there is none. Never rejects. */
  async transferDecided(): Promise<void> {
    await this.#transfer?.then(
      () => undefined,
      () => undefined,
    );
  }

  /** The caller was there and is no more. */
  callerWent(): void {
    this.#callerIsGone = true;
    if (this.#transfer === undefined) {
      this.callerLeft();
      return;
    }
    const decide = () => void this.callerLeft();
    withDeadline('news of the transfer', transferNewsMs, this.#transfer).then(decide, decide);
  }

  callerLeft(): CallOutcome {
    return this.end(this.#stage === 'answered' ? 'caller_hung_up' : 'caller_gave_up');
  }

  /** Before the answer a caller can still hear busy instead of an agent without a voice or ears. */
  providerFailed(cause: Error): CallOutcome {
    return this.end(this.ringing ? 'provider_unusable' : 'provider_failed', cause);
  }

  /** After the answer it is a service of the running call that broke. */
  broken(cause: Error): CallOutcome {
    return this.end(this.ringing ? 'agent_failed' : 'provider_failed', cause);
  }

  #decide(outcome: CallOutcome): CallOutcome {
    this.#reached ??= outcome;
    this.#resolve(this.#reached);
    return this.#reached;
  }
}
