/** Gathers what is kept of a call: who said what, what was used, how long each step took, and the line that closes it. */
import type { voice } from '@livekit/agents';
import type { CallRecord, ConfigSource } from '../shared/call-record.ts';
import type { EarlierTalk } from '../shared/contracts.ts';
import type { Logger } from '../shared/log.ts';
import { isRefusal, reasons } from '../shared/reasons.ts';
import type { CallOutcome } from './ends.ts';
import type { CallServices } from './services.ts';
import type { Timings } from './timings.ts';
import { Transcript } from './transcript.ts';
import { UsageMeter } from './usage.ts';

export class CallRecorder {
  readonly #timings: Timings;
  readonly #transcript = new Transcript();
  readonly #usage = new UsageMeter();
  readonly #transfers: CallRecord['transfers'][number][] = [];
  /** Providers that failed, and whether that says anything of other calls. */
  readonly #failed = new Map<string, 'telling' | 'untelling'>();
  #configVersion: CallRecord['config'] = null;
  #language: string | undefined;
  #onNews: () => void = () => undefined;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  listenTo(session: voice.AgentSession): void {
    this.#transcript.listenTo(session, this.#timings);
  }

  /** From before they are first used: what is not heard here is not paid for. */
  count(services: CallServices): void {
    this.#usage.count(services);
  }

  /** The call was answered before, by another shard. */
  continueFrom({ turns, answeredMsAgo, language }: EarlierTalk): void {
    // Told late, when this shard has long been talking by its own count: that stays.
    if (this.turns.length === 0) {
      this.#timings.continueFrom(Math.max(answeredMsAgo, turns.at(-1)?.at_ms ?? 0));
      this.#language = language;
    }
    this.#transcript.inherit(turns);
  }

  /** @param listener called after each turn that is added, and when the call goes on in another language */
  onNews(listener: () => void): void {
    this.#onNews = listener;
    this.#transcript.onTurn = listener;
  }

  /** The language in which the call goes on, where that is not the configured one. */
  get language(): string | undefined {
    return this.#language;
  }

  goesOnIn(language: string): void {
    this.#language = language;
    this.#onNews();
  }

  get turns(): CallRecord['turns'] {
    return this.#transcript.turns;
  }

  /** How many of the turns, the first ones, another shard heard. */
  get inherited(): number {
    return this.#transcript.inherited;
  }

  /** What this shard used so far. */
  get usage(): CallRecord['usage'] {
    return this.#usage.amounts();
  }

  /** @param telling other calls of this provider may fail the same way */
  noteFailed(provider: string, telling: boolean): void {
    if (this.#failed.get(provider) !== 'telling') this.#failed.set(provider, telling ? 'telling' : 'untelling');
  }

  /** Which configuration the call has from now on. */
  noteConfig(revision: number, source: ConfigSource): void {
    this.#configVersion = { revision, source };
  }

  addTransfer(transfer: Omit<CallRecord['transfers'][number], 'at_ms'>): void {
    this.#transfers.push({ ...transfer, at_ms: this.#timings.sinceBeginMs() });
  }

  /** Ends the conversation: that commits what is being said, as far as it was heard. At once, while there is none. */
  complete(): Promise<void> {
    return this.#transcript.complete();
  }

  /** Complete only after the session was closed. */
  take(): CallRecord {
    return {
      turns: this.#transcript.turns,
      usage: this.usage,
      timings: this.#timings.all(),
      config: this.#configVersion,
      transfers: this.#transfers,
      providers: this.#outcomes(),
    };
  }

  /** The one line that tells the story: a fault is an error, an end with a cause a warning. */
  logEnd(outcome: CallOutcome, log: Logger): void {
    if (outcome.kind !== 'ended') {
      const { kind, why } = outcome;
      log.info({ why, timings: this.#timings.all() }, kind === 'not_ours' ? 'call left to others' : 'call handed over');
      return;
    }
    const { reason, cause, problems } = outcome;
    const { turns, usage, timings } = this.take();
    const level = reason === 'agent_failed' ? 'error' : cause === undefined ? 'info' : 'warn';
    const why = { fixedBy: reasons[reason].fixedBy, ...(cause && { err: cause }), ...(problems && { problems }) };
    const story = { reason, timings, turns: turns.length, usage, pii: { transcript: turns } };
    log[level]({ ...story, ...why }, isRefusal(reason) ? 'call refused' : 'call ended');
  }

  #outcomes(): NonNullable<CallRecord['providers']> {
    const used = new Set([...this.usage.map(({ provider }) => provider), ...this.#failed.keys()]);
    return [...used]
      .filter((provider) => this.#failed.get(provider) !== 'untelling')
      .map((provider) => ({ provider, outcome: this.#failed.has(provider) ? 'failed' : 'ok' }));
  }
}
