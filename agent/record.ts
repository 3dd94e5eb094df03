/** Gathers what is kept of a call: who said what, what was used, how long each step took, and the line that closes it. */
import type { voice } from '@livekit/agents';
import type { CallRecord, ConfigSource } from '../shared/contracts.ts';
import type { Logger } from '../shared/log.ts';
import { isRefusal, reasons } from '../shared/reasons.ts';
import type { CallOutcome } from './ends.ts';
import type { CallServices, PipelineServices } from './services.ts';
import type { Timings } from './timings.ts';
import { Transcript } from './transcript.ts';
import { UsageMeter } from './usage.ts';

export class CallRecorder {
  readonly #timings: Timings;
  readonly #transcript = new Transcript();
  readonly #usage = new UsageMeter();
  readonly #transfers: CallRecord['transfers'][number][] = [];
  #configVersion: CallRecord['config'] = null;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  listenTo(session: voice.AgentSession, services: CallServices): void {
    this.#transcript.listenTo(session, this.#timings);
    this.#usage.listenTo(services);
  }

  /** Services that the call uses beside its first ones. */
  countAlso(services: PipelineServices): void {
    this.#usage.count(services);
  }

  /** Which configuration the call has from now on. */
  noteConfig(revision: number, source: ConfigSource): void {
    this.#configVersion = { revision, source };
  }

  addTransfer(transfer: Omit<CallRecord['transfers'][number], 'at_ms'>): void {
    this.#transfers.push({ ...transfer, at_ms: this.#timings.sinceOfferMs() });
  }

  /** Complete only after the session was closed: closing it commits what was being said. */
  take(): CallRecord {
    return {
      turns: this.#transcript.turns,
      usage: this.#usage.amounts(),
      timings: this.#timings.all(),
      config: this.#configVersion,
      transfers: this.#transfers,
    };
  }

  /** The one line that tells the story: a fault is an error, an end with a cause a warning. */
  logEnd(outcome: CallOutcome, log: Logger): void {
    if (outcome.kind === 'not_ours') {
      log.info({ why: outcome.why, timings: this.#timings.all() }, 'call left to others');
      return;
    }
    const { reason, cause, problems } = outcome;
    const { turns, usage, timings } = this.take();
    const level = reason === 'agent_failed' ? 'error' : cause === undefined ? 'info' : 'warn';
    const why = { fixedBy: reasons[reason].fixedBy, ...(cause && { err: cause }), ...(problems && { problems }) };
    const story = { reason, timings, turns: turns.length, usage, pii: { transcript: turns } };
    log[level]({ ...story, ...why }, isRefusal(reason) ? 'call refused' : 'call ended');
  }
}
