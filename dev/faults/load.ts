/** The callers that are talking while something breaks. */
import { type Caller, within } from './caller.ts';

const turnDeadlineMs = 40_000;

type Mark = ReadonlyMap<Caller, number>;

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

  /** Until each live caller had its first answer. @returns those who got none */
  async underWay(): Promise<Caller[]> {
    return this.#withoutAnswer(() => 0);
  }

  /** Each live caller asks once more, beside what it may be asking at this moment. @returns those who got no answer */
  async unanswered(): Promise<Caller[]> {
    // To a question of before, whatever is heard next counts as the answer: it may be the word of regret of a new agent.
    return this.#withoutAnswer(({ answersMs, isAsking }) => answersMs.length + (isAsking ? 1 : 0));
  }

  /** Slowest answer that these callers waited for since they had had so many; null: one of them got none. */
  worstAnswerMs(since: Mark = new Map()): number | null {
    return this.#answersMs(since)?.at(-1) ?? null;
  }

  /** The middle one of the same. */
  usualAnswerMs(since: Mark = new Map()): number | null {
    const answersMs = this.#answersMs(since);
    return answersMs?.[Math.floor(answersMs.length / 2)] ?? null;
  }

  /** Shortest first; undefined: a caller got none. */
  #answersMs(since: Mark): number[] | undefined {
    const answers = this.callers.flatMap((caller) => caller.answersMs.slice(since.get(caller) ?? 0));
    const heard = answers.filter((ms) => ms !== null);
    return heard.length < answers.length ? undefined : heard.sort((a, b) => a - b);
  }

  /** How many answers each had so far, for those above. */
  mark(): Mark {
    return new Map(this.callers.map((caller) => [caller, caller.answersMs.length]));
  }

  /** @param before how many answers of a caller do not count */
  async #withoutAnswer(before: (caller: Caller) => number): Promise<Caller[]> {
    const waiting = this.live.map((caller) => ({ caller, turns: before(caller) }));
    const answered = ({ caller, turns }: (typeof waiting)[number]) =>
      caller.answersMs.slice(turns).some((answerMs) => answerMs !== null) || !caller.isLive;
    await within(turnDeadlineMs, () => waiting.every(answered));
    return waiting.filter((each) => !answered(each)).map(({ caller }) => caller);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.callers.map((caller) => caller[Symbol.asyncDispose]()));
  }
}
