/** Gathers what is kept of a call: who said what, what was used, how long each step took, and the line that closes it. */
import type { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config.ts';
import type { CallRecord } from '../shared/contracts.ts';
import type { Logger } from '../shared/log.ts';
import { isRefusal, reasons } from '../shared/reasons.ts';
import type { CallEnd } from './ends.ts';
import type { Timings } from './timings.ts';
import { Transcript } from './transcript.ts';
import { UsageMeter } from './usage.ts';

export class CallRecorder {
  readonly #timings: Timings;
  readonly #transcript = new Transcript();
  readonly #usage = new UsageMeter();
  #config: TenantConfig | undefined;

  constructor(timings: Timings) {
    this.#timings = timings;
  }

  listenTo(session: voice.AgentSession, config: TenantConfig): void {
    this.#transcript.listenTo(session, this.#timings);
    this.#usage.listenTo(session);
    this.#config = config;
  }

  /** Complete only after the session was closed: closing it commits what was being said. */
  take(): CallRecord {
    const usage = this.#config === undefined ? [] : this.#usage.amounts(this.#config);
    return { turns: this.#transcript.turns, usage, timings: this.#timings.all() };
  }

  /** The one line that tells the story. An end that somebody has to do something about is a warning, a fault an error. */
  logEnd(end: CallEnd, log: Logger): void {
    const { turns, usage, timings } = this.take();
    const level = end.reason === 'agent_failed' ? 'error' : end.cause === undefined ? 'info' : 'warn';
    const story = { reason: end.reason, timings, turns: turns.length, usage };
    const why = { ...(end.cause && { err: end.cause }), ...(end.problems && { problems: end.problems }) };
    const message = isRefusal(end.reason) ? 'call refused' : 'call ended';
    log[level]({ ...story, ...why, fixedBy: reasons[end.reason].fixedBy, pii: { transcript: turns } }, message);
  }
}
