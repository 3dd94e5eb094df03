/**
 * Who serves one call in one kind of service, and who takes over when that one fails.
 *
 * Whoever took over stays for the rest of the call: a voice that changes twice is stranger than one that changes once, and
 * trying the failed one again would make the caller wait again. The next call begins with the first one. Within a call the
 * others come round again only when their successors fail too; a refused key or a used-up quota does not come round.
 *
 * The library's own adapters are not used. Those for models and voices count usage twice and under no provider's name; they
 * look for recovery with requests that the tenant pays for; a model's answer or a voice that breaks off after its first word
 * is given up; and the one for recognition gives the next provider nothing of what the caller said before.
 */
import type { Logger } from '../../shared/log.ts';
import type { Kind } from '../../shared/providers/provider.ts';
import { type FailureReason, isLasting, reasonOf } from './failure.ts';

export interface Candidate<S> {
  readonly provider: string;
  readonly model: string;
  readonly service: S;
}

/** Hears of a provider that its call does without from now on, or that nobody is left behind. */
export type ProviderFailed = (provider: string, cause: Error, left: 'others' | 'nobody') => void;

export interface SuccessionWatch {
  readonly log: Logger;
  readonly providerFailed: ProviderFailed;
}

export class Succession<S> {
  readonly kind: Kind;
  readonly #watch: SuccessionWatch;
  /** In the order of the configuration, without those that refused us for good. */
  #usable: readonly Candidate<S>[];
  #current: Candidate<S>;
  #everFailed = false;

  /** @param candidates in the order of the configuration, at least one */
  constructor(kind: Kind, candidates: readonly Candidate<S>[], watch: SuccessionWatch) {
    const [first] = candidates;
    if (first === undefined) throw new Error(`nobody serves as ${kind}`);
    this.kind = kind;
    this.#usable = candidates;
    this.#current = first;
    this.#watch = watch;
  }

  /** Who serves now. */
  get current(): Candidate<S> {
    return this.#current;
  }

  /** Somebody failed, whoever it was, and whoever went on. */
  get everFailed(): boolean {
    return this.#everFailed;
  }

  /** Nobody else could take over. */
  get alone(): boolean {
    return this.#usable.length <= 1;
  }

  /** For one answer: who is alone is tried twice, of several each is tried once. */
  round(): Round<S> {
    return new Round(this);
  }

  /** Everybody who could take over from this one, in order; this one comes last, unless its failure lasts. */
  successorsOf(failed: Candidate<S>, reason: FailureReason): readonly Candidate<S>[] {
    const at = this.#usable.indexOf(failed);
    const behind = [...this.#usable.slice(at + 1), ...this.#usable.slice(0, at + 1)];
    if (!isLasting(reason)) return behind;
    this.#usable = this.#usable.filter((candidate) => candidate !== failed);
    return behind.filter((candidate) => candidate !== failed);
  }

  /** @param next undefined: nobody is left */
  handOver(failed: Candidate<S>, next: Candidate<S> | undefined, cause: Error): void {
    this.#everFailed = true;
    const told = { service: this.kind, from: nameOf(failed), failure: reasonOf(cause), err: cause };
    const { log, providerFailed } = this.#watch;
    // A line that dropped, or one model of several, is no failure of its provider yet: what comes of the next try is told.
    if (next?.provider !== failed.provider)
      providerFailed(failed.provider, cause, next === undefined ? 'nobody' : 'others');
    if (next === undefined) {
      log.error(told, 'provider failed, and nobody is left to take over');
      return;
    }
    this.#current = next;
    if (next === failed) log.warn(told, 'provider failed and is tried again');
    else log.warn({ ...told, to: nameOf(next) }, 'provider failed, another one takes over');
  }
}

/** The tries for one answer, or for one silence. */
export class Round<S> {
  readonly #succession: Succession<S>;
  readonly #failures = new Map<Candidate<S>, number>();
  readonly #most: number;

  constructor(succession: Succession<S>) {
    this.#succession = succession;
    this.#most = succession.alone ? 2 : 1;
  }

  /** @returns who is to try next; undefined when all have failed */
  failed(candidate: Candidate<S>, cause: Error): Candidate<S> | undefined {
    this.#failures.set(candidate, (this.#failures.get(candidate) ?? 0) + 1);
    const next = this.#succession
      .successorsOf(candidate, reasonOf(cause))
      .find((successor) => (this.#failures.get(successor) ?? 0) < this.#most);
    this.#succession.handOver(candidate, next, cause);
    return next;
  }
}

function nameOf({ provider, model }: Candidate<unknown>): string {
  return `${provider} ${model}`;
}
