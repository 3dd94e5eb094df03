/** The callers that are talking while something breaks. */
import { type Caller, within } from './caller.ts';

const turnDeadlineMs = 25_000;

export class Load implements AsyncDisposable {
  readonly callers: readonly Caller[];

  constructor(callers: readonly Caller[]) {
    this.callers = callers;
    for (const caller of callers) caller.converse();
  }

  get live(): Caller[] {
    return this.callers.filter((caller) => caller.isLive);
  }

  /** Callers whose call was ended for them. */
  get cut(): Caller[] {
    return this.callers.filter(({ state }) => state === 'cut' || state === 'refused');
  }

  /** Each live caller asks once more. @returns those who got no answer */
  async unanswered(): Promise<Caller[]> {
    const waiting = this.live.map((caller) => ({ caller, turns: caller.answersMs.length }));
    const answered = ({ caller, turns }: (typeof waiting)[number]) =>
      caller.answersMs.slice(turns).some((answerMs) => answerMs !== null) || !caller.isLive;
    await within(turnDeadlineMs, () => waiting.every(answered));
    return waiting.filter((each) => !answered(each)).map(({ caller }) => caller);
  }

  /** Slowest answer that these callers waited for since they had had so many; null: one of them got none. */
  worstAnswerMs(since: ReadonlyMap<Caller, number> = new Map()): number | null {
    const answers = this.callers.flatMap((caller) => caller.answersMs.slice(since.get(caller) ?? 0));
    return answers.some((ms) => ms === null) ? null : Math.max(0, ...answers.map((ms) => ms ?? 0));
  }

  /** How many answers each had so far, for `worstAnswerMs`. */
  mark(): ReadonlyMap<Caller, number> {
    return new Map(this.callers.map((caller) => [caller, caller.answersMs.length]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller[Symbol.asyncDispose]()));
  }
}
