/**
 * Both sides of a call on one timeline: the caller left, the agent right, silence where nobody says anything. What is placed
 * may come late and in pieces; what is settled is written and never touched again.
 */

export type Side = 'caller' | 'agent';
const sides = ['caller', 'agent'] as const;

interface Run {
  /** Index of its first sample on the timeline. */
  readonly begins: number;
  readonly samples: Int16Array;
}

export interface TapeOptions {
  /** Of all that is placed, in Hz. */
  readonly sampleRate: number;
  /** The clock's time at which it begins, as in `Date.now()`. */
  readonly beginsAtMs: number;
  /** Takes what is settled: interleaved, 16 bit. */
  readonly write: (block: Int16Array) => void;
}

export class Tape {
  readonly #options: TapeOptions;
  readonly #runs: Record<Side, Run[]> = { caller: [], agent: [] };
  #settled = 0;

  constructor(options: TapeOptions) {
    this.#options = options;
  }

  /** What is settled already. */
  get lengthMs(): number {
    return (this.#settled / this.#options.sampleRate) * 1000;
  }

  /** @param beganMs the clock's time of the first sample; what is before the beginning, or settled, is left out */
  place(side: Side, beganMs: number, samples: Int16Array): void {
    this.#runs[side].push({ begins: this.#indexOf(beganMs), samples });
  }

  /** Writes everything before that time. Earlier than what is settled: nothing. */
  settle(untilMs: number): void {
    const begins = this.#settled;
    const ends = this.#indexOf(untilMs);
    if (ends <= begins) return;
    const block = new Int16Array((ends - begins) * sides.length);
    for (const [channel, side] of sides.entries()) {
      for (const run of this.#runs[side]) lay(run, { block, channel, begins, ends });
      this.#runs[side] = this.#runs[side].filter((run) => run.begins + run.samples.length > ends);
    }
    this.#settled = ends;
    this.#options.write(block);
  }

  #indexOf(atMs: number): number {
    const { beginsAtMs, sampleRate } = this.#options;
    return Math.round(((atMs - beginsAtMs) / 1000) * sampleRate);
  }
}

interface Window {
  readonly block: Int16Array;
  readonly channel: number;
  readonly begins: number;
  readonly ends: number;
}

/** The part of a run that falls into a window. */
function lay(run: Run, { block, channel, begins, ends }: Window): void {
  const first = Math.max(run.begins, begins);
  const last = Math.min(run.begins + run.samples.length, ends);
  for (let at = first; at < last; at++)
    block[(at - begins) * sides.length + channel] = run.samples[at - run.begins] ?? 0;
}
