/**
 * One silence of a caller: asked once whether they are there, then given up. The agent's own question does not end it, or a
 * line without anybody would be asked for ever.
 */
import type { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';

export interface SilenceReactions {
  onPrompt(): Pick<voice.SpeechHandle, 'addDoneCallback'>;
  onLost(): void;
}

export class Silence {
  readonly #promptMs: number;
  readonly #lostMs: number;
  readonly #reactions: SilenceReactions;
  /** Of this silence, without the time in which it was not quiet. */
  #quietMs = 0;
  #quietSinceMs: number | undefined;
  #asked = false;
  #asking = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    {
      silence_prompt_s: promptS,
      caller_silent_s: lostS,
    }: Pick<TenantConfig['turn'], 'silence_prompt_s' | 'caller_silent_s'>,
    reactions: SilenceReactions,
  ) {
    this.#promptMs = promptS === 0 ? Number.POSITIVE_INFINITY : promptS * 1000;
    this.#lostMs = lostS * 1000;
    this.#reactions = reactions;
  }

  now(state: 'quiet' | 'busy'): void {
    this.#stop();
    if (state === 'quiet') this.#wait();
  }

  /** The caller says something. */
  broken(): void {
    this.#stop();
    this.#quietMs = 0;
    this.#asked = false;
  }

  /** The agent says something; if it is more than the question, another silence begins. */
  answered(): void {
    if (!this.#asking) this.broken();
  }

  close(): void {
    this.#stop();
  }

  #stop(): void {
    clearTimeout(this.#timer);
    if (this.#quietSinceMs !== undefined) this.#quietMs += performance.now() - this.#quietSinceMs;
    this.#quietSinceMs = undefined;
  }

  #wait(): void {
    this.#quietSinceMs = performance.now();
    const asks = !this.#asked && this.#promptMs < this.#lostMs;
    const untilMs = (asks ? this.#promptMs : this.#lostMs) - this.#quietMs;
    this.#timer = setTimeout(() => (asks ? this.#ask() : this.#reactions.onLost()), untilMs);
  }

  #ask(): void {
    this.#stop();
    this.#asked = true;
    this.#asking = true;
    // A question that cannot be spoken is followed by the end all the same.
    this.#wait();
    this.#reactions.onPrompt().addDoneCallback(() => {
      this.#asking = false;
    });
  }
}
