/** Lets sound pass from shortly before the caller speaks until their turn is committed. */
import type { AudioFrame } from '@livekit/rtc-node';
import { prefixMs, secondsOf } from './turn-stream.ts';

export class SpeechGate {
  readonly #pass: (frame: AudioFrame) => void;
  #recent: AudioFrame[] = [];
  #open = false;
  #speaks = false;
  #sound = false;

  constructor(pass: (frame: AudioFrame) => void) {
    this.#pass = pass;
  }

  /** Whether what has passed since the gate opened is more than the silence that hides words nobody is to hear. */
  get heardSound(): boolean {
    return this.#sound;
  }

  push(frame: AudioFrame): void {
    if (this.#open) return void this.#forward(frame);
    this.#recent.push(frame);
    while (secondsOf(this.#recent) * 1_000 > prefixMs) this.#recent.shift();
  }

  caller(now: 'speaks' | 'is quiet'): void {
    this.#speaks = now === 'speaks';
    if (this.#open || !this.#speaks) return;
    this.#open = true;
    for (const frame of this.#recent) this.#forward(frame);
    this.#recent = [];
  }

  /** A turn was committed. A caller who went on meanwhile is in the middle of the next one. */
  turnOver(): void {
    this.#open = this.#speaks;
    this.#sound = false;
  }

  #forward(frame: AudioFrame): void {
    this.#sound ||= frame.data.some((sample) => sample !== 0);
    this.#pass(frame);
  }
}
