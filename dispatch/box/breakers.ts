/**
 * Breakers of a box: what an organisation's calls, and its providers, did lately decides whether its next call is tried. The
 * rules and the figures are those of the SQL breakers; all of it is forgotten when dispatch is started again, which then
 * learns anew from the calls that fail.
 */

/** Whose breaker: of one provider, or of the organisation as a whole when the provider is null. */
export interface BreakerName {
  readonly organizationId: string;
  readonly provider: string | null;
}

/** Who tells: calls from before a breaker changed tell what is known or over. */
export interface Witness {
  readonly session: string;
  readonly startedAtMs: number;
}

/** `fatal`: the next call would fail the same way, so nothing needs counting. */
export type News = 'ok' | 'failed' | 'fatal';

interface Tally {
  readonly sinceMs: number;
  outcomes: number;
  failures: number;
}

interface HalfOpen {
  readonly at: 'half_open';
  readonly openedAtMs: number;
  readonly probe: string | null;
  readonly probeUntilMs: number;
}

type State =
  | { readonly at: 'closed'; readonly sinceMs: number; readonly tallies: Tally[] }
  | { readonly at: 'open'; readonly openedAtMs: number; readonly untilMs: number }
  | HalfOpen;

interface Breaker {
  readonly name: BreakerName;
  state: State;
  /** Times that it opened since it was last closed; each doubles the wait. */
  openings: number;
}

const firstOpenMs = 30_000;
const longestOpenMs = 600_000;
const probeMs = 60_000;
const windowMs = 60_000;
const tallyMs = 10_000;
const leastOutcomes = 5;

export class Breakers {
  readonly #nowMs: () => number;
  readonly #breakers = new Map<string, Breaker>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** False: the organisation's calls are turned away for now. */
  letsIn(organizationId: string): boolean {
    const breaker = this.#find({ organizationId, provider: null });
    return breaker === undefined || breaker.state.at === 'closed' || this.#letsProbe(breaker);
  }

  /** The session was let in: it is the probe of its organisation's breaker, if that waits for one. */
  markProbe(organizationId: string, session: string): void {
    const breaker = this.#find({ organizationId, provider: null });
    if (breaker !== undefined) this.#letTry(breaker, session);
  }

  /** Providers that the call had better do without; of those that wait for a probe it is one. */
  openProviders(organizationId: string, session: string): string[] {
    const ofProviders = [...this.#breakers.values()].filter(({ name }) => name.organizationId === organizationId);
    for (const breaker of ofProviders) if (breaker.name.provider !== null) this.#letTry(breaker, session);
    return ofProviders.flatMap(({ name, state }) => {
      const shut = state.at === 'open' || (state.at === 'half_open' && state.probe !== session);
      return shut && name.provider !== null ? [name.provider] : [];
    });
  }

  tell(witness: Witness, name: BreakerName, news: News): void {
    const breaker = this.#find(name) ?? this.#make(name);
    const { state } = breaker;
    switch (state.at) {
      case 'half_open':
        this.#hearProbe(breaker, state, { ...witness, news });
        return;
      case 'open':
        return;
      case 'closed': {
        if (witness.startedAtMs < state.sinceMs) return;
        const { outcomes, failures } = this.#count(state.tallies, news !== 'ok');
        const often = outcomes >= leastOutcomes && failures * 2 >= outcomes;
        if (news === 'fatal' || (news === 'failed' && often)) this.#open(breaker);
      }
    }
  }

  /** The session is over: what it was the probe of takes the next call as one. */
  endProbes(session: string): void {
    for (const breaker of this.#breakers.values())
      if (breaker.state.at === 'half_open' && breaker.state.probe === session)
        breaker.state = { ...breaker.state, probe: null, probeUntilMs: 0 };
  }

  #hearProbe(breaker: Breaker, state: HalfOpen, { session, startedAtMs, news }: Witness & { news: News }): void {
    const isProbe = state.probe === session;
    // Whoever was let in since it opened was a probe, and went on while others took its place.
    const wasProbe = startedAtMs > state.openedAtMs;
    if (news === 'ok' && (isProbe || wasProbe)) this.#close(breaker);
    else if (news !== 'ok' && isProbe) this.#open(breaker);
  }

  #letsProbe({ state }: Breaker): boolean {
    switch (state.at) {
      case 'closed':
        return false;
      case 'open':
        return state.untilMs <= this.#nowMs();
      case 'half_open':
        return state.probeUntilMs <= this.#nowMs();
    }
  }

  #letTry(breaker: Breaker, session: string): void {
    const { state } = breaker;
    if (state.at === 'closed' || !this.#letsProbe(breaker)) return;
    const probeUntilMs = this.#nowMs() + probeMs;
    breaker.state = { at: 'half_open', openedAtMs: state.openedAtMs, probe: session, probeUntilMs };
  }

  #open(breaker: Breaker): void {
    const openMs = Math.min(longestOpenMs, firstOpenMs * 2 ** Math.min(breaker.openings, 10));
    breaker.openings++;
    const openedAtMs = this.#nowMs();
    breaker.state = { at: 'open', openedAtMs, untilMs: openedAtMs + openMs };
  }

  #close(breaker: Breaker): void {
    breaker.openings = 0;
    breaker.state = { at: 'closed', sinceMs: this.#nowMs(), tallies: [] };
  }

  #count(tallies: Tally[], failed: boolean): { outcomes: number; failures: number } {
    const nowMs = this.#nowMs();
    const sinceMs = nowMs - (nowMs % tallyMs);
    while (tallies[0] !== undefined && tallies[0].sinceMs < nowMs - windowMs) tallies.shift();
    const last = tallies.at(-1);
    const tally = last?.sinceMs === sinceMs ? last : { sinceMs, outcomes: 0, failures: 0 };
    if (tally !== last) tallies.push(tally);
    tally.outcomes++;
    if (failed) tally.failures++;
    const sum = (of: (tally: Tally) => number) => tallies.reduce((total, one) => total + of(one), 0);
    return { outcomes: sum((one) => one.outcomes), failures: sum((one) => one.failures) };
  }

  #find(name: BreakerName): Breaker | undefined {
    return this.#breakers.get(keyOf(name));
  }

  #make(name: BreakerName): Breaker {
    const breaker: Breaker = { name, state: { at: 'closed', sinceMs: 0, tallies: [] }, openings: 0 };
    this.#breakers.set(keyOf(name), breaker);
    return breaker;
  }
}

function keyOf({ organizationId, provider }: BreakerName): string {
  return `${organizationId} ${provider ?? ''}`;
}
