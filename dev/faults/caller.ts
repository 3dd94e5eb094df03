/** Somebody who calls a business and talks with it until told to stop: asks, hears the answer, waits a moment, asks again. */
import { setTimeout as delay } from 'node:timers/promises';
import { telephoneRate } from '../phone/hearing.ts';
import { EndedEarly, Telephone } from '../phone/telephone.ts';
import type { Stack } from '../stack/stack.ts';
import type { Business } from './businesses.ts';

/** Longer, and the caller believes the line is dead. */
const answerPatienceMs = 12_000;
const politeMs = 1_200;
const betweenTurnsMs = 1_500;
/** What was on its way when an agent was cut off still arrives. */
const afterglowMs = 500;
const goneSilentMs = 1_000;
const lookEveryMs = 25;
/** To recognise a sentence in more than this takes too long. */
const longestRecordingMs = 20_000;

export type CallState = 'ringing' | 'talking' | 'refused' | 'cut' | 'hung up';

export class Caller implements AsyncDisposable {
  readonly business: Business;
  readonly phone: Telephone;
  /** From the end of each question to the first sound of its answer; null: nothing came in 12 s. */
  readonly answersMs: (number | null)[] = [];
  #state: CallState = 'ringing';
  #stopping = false;
  #asking = false;
  #talk: Promise<void> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  private constructor(business: Business, phone: Telephone) {
    this.business = business;
    this.phone = phone;
    void phone.call.answered.then(({ status }) => {
      if (this.#state === 'ringing') this.#state = status < 300 ? 'talking' : 'refused';
    });
    void phone.call.ended.then((by) => {
      if (this.#state === 'talking') this.#state = by === 'called' ? 'cut' : 'hung up';
      else if (this.#state === 'ringing') this.#state = 'refused';
    });
  }

  static async dial(sip: Stack['sip'], business: Business, from: string): Promise<Caller> {
    return new Caller(business, await Telephone.dial(sip, business.called, from));
  }

  get state(): CallState {
    return this.#state;
  }

  get isLive(): boolean {
    return this.#state === 'talking';
  }

  /** In the middle of a question, or waiting for its answer. */
  get isAsking(): boolean {
    return this.#asking;
  }

  /** Talks from now on, until stopped or cut. */
  converse(): void {
    this.#talk = this.#converse();
    // What goes wrong in it is told by `hangUp`.
    this.#talk.catch(() => undefined);
  }

  /** When the next sound of the agent is heard, in ms from now; null: not before the deadline, or the call ended. */
  async nextSoundMs(deadlineMs: number): Promise<number | null> {
    const fromMs = this.phone.call.sinceInviteMs();
    const { ear } = this.phone.call;
    const heard = () => (ear.lastSoundMs ?? 0) > fromMs + afterglowMs;
    const over = await within(deadlineMs, () => heard() || !this.isLive);
    return over && heard() ? Math.round((ear.lastSoundMs ?? 0) - fromMs) : null;
  }

  /** The same for a caller whose agent is gone: what it had said already may be heard for a second more, then it is silent. */
  async heardAgainMs(deadlineMs: number): Promise<number | null> {
    const fromMs = this.phone.call.sinceInviteMs();
    const { call } = this.phone;
    const silentMs = () => call.sinceInviteMs() - Math.max(call.ear.lastSoundMs ?? 0, fromMs);
    if (!(await within(deadlineMs, () => silentMs() >= goneSilentMs || !this.isLive))) return null;
    const sinceMs = call.sinceInviteMs();
    const heard = () => (call.ear.lastSoundMs ?? 0) > sinceMs;
    await within(deadlineMs, () => heard() || !this.isLive);
    return heard() ? Math.round((call.ear.lastSoundMs ?? 0) - fromMs) : null;
  }

  /** Asks once more, whatever was before. @returns the time to the answer; null: none came */
  async ask(): Promise<number | null> {
    try {
      const { call } = this.phone;
      // Whoever hears somebody speak lets them finish.
      const quiet = () => call.sinceInviteMs() - (call.ear.lastSoundMs ?? 0) >= politeMs || !this.isLive;
      await within(answerPatienceMs, quiet);
      const saidMs = await this.phone.say(this.business.question);
      const came = await within(answerPatienceMs, () => (call.ear.lastSoundMs ?? 0) > saidMs || !this.isLive);
      const answerMs = came && this.isLive ? Math.round(call.sinceInviteMs() - saidMs) : null;
      if (answerMs !== null) await this.phone.untilQuiet(saidMs);
      return answerMs;
    } catch (thrown) {
      if (thrown instanceof EndedEarly) return null;
      throw thrown;
    }
  }

  /** What the agent said. @param sinceMs from that moment after the INVITE on @param lengthMs for so long */
  soundSince(sinceMs: number, lengthMs = longestRecordingMs): Int16Array {
    const { samples, startMs } = this.phone.call.ear.recording();
    const at = (ms: number) => Math.max(0, Math.round(((ms - (startMs ?? 0)) * telephoneRate) / 1000));
    return samples.slice(at(sinceMs), at(sinceMs + lengthMs));
  }

  /** Stops talking and hangs up. */
  async hangUp(): Promise<void> {
    this.#stopping = true;
    this.phone.call.cancel();
    this.phone.call.hangUp();
    await this.#talk;
  }

  /** Safe to call twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.hangUp().finally(() => this.phone[Symbol.asyncDispose]());
    await this.#disposed;
  }

  async #converse(): Promise<void> {
    while (!this.#stopping && this.isLive) {
      this.#asking = true;
      const answerMs = await this.ask();
      this.#asking = false;
      if (this.#stopping) return;
      this.answersMs.push(answerMs);
      await delay(betweenTurnsMs);
    }
  }
}

/** Whether the condition came true in that time. */
export async function within(deadlineMs: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const untilMs = performance.now() + deadlineMs;
  for (;;) {
    if (await condition()) return true;
    if (performance.now() >= untilMs) return false;
    await delay(lookEveryMs);
  }
}
