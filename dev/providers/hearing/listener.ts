/**
 * Listens to a line as its sound comes in and tells what it understood.
 *
 * quiet --first active frame--> speech --recognised and `endpointMs` quiet, or `GIVE_UP_MS` quiet--> quiet
 *
 * Sentences hold pauses. So a short silence ends an utterance only when it is a known one and no longer known one begins
 * the same way; otherwise the listener waits for more until the silence is long.
 */
import { beginnings, type KnownUtterance, recogniseFrames } from '../recognise.ts';
import { Activity } from './activity.ts';
import { FRAME_MS, type Frame, Spectrum } from './spectrum.ts';

/** Times are milliseconds of sound since the line was opened, not of the clock. */
export type Heard =
  | { readonly type: 'started'; readonly atMs: number }
  | { readonly type: 'interim'; readonly text: string; readonly fromMs: number; readonly toMs: number }
  /** `text` is null when the speech was none of the known utterances. */
  | {
      readonly type: 'final';
      readonly text: string | null;
      readonly confidence: number;
      readonly fromMs: number;
      readonly toMs: number;
    };

interface Speaking {
  readonly name: 'speech';
  readonly fromMs: number;
  readonly frames: Frame[];
  activeFrames: number;
  quietMs: number;
  shown: string;
}

type State = { readonly name: 'quiet' } | Speaking;

const GIVE_UP_MS = 700;
const LONGEST_MS = 30_000;
const STARTED_FRAMES = 3;
const INTERIM_EVERY_MS = 300;

export interface ListenerOptions {
  readonly sampleRate: number;
  readonly endpointMs: number;
  readonly known: readonly KnownUtterance[];
}

export class Listener {
  readonly #options: ListenerOptions;
  readonly #spectrum: Spectrum;
  readonly #activity = new Activity();
  #rest = new Int16Array();
  #state: State = { name: 'quiet' };
  #nowMs = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#spectrum = new Spectrum(options.sampleRate);
  }

  /** How much sound came in so far. */
  get heardMs(): number {
    return this.#nowMs;
  }

  push(pcm: Int16Array): Heard[] {
    const sound = new Int16Array(this.#rest.length + pcm.length);
    sound.set(this.#rest);
    sound.set(pcm, this.#rest.length);
    const heard: Heard[] = [];
    const { hopSamples, windowSamples } = this.#spectrum;
    let at = 0;
    for (; at + windowSamples <= sound.length; at += hopSamples)
      heard.push(...this.#next(this.#spectrum.frame(sound, at)));
    this.#rest = sound.slice(at);
    return heard;
  }

  /** Ends what is being said now, as it is. */
  finish(): Heard[] {
    return this.#state.name === 'speech' ? this.#final(this.#state) : [];
  }

  #next(frame: Frame): Heard[] {
    const active = this.#activity.hears(frame);
    const startMs = this.#nowMs;
    this.#nowMs += FRAME_MS;
    if (this.#state.name === 'quiet') {
      if (!active) return [];
      this.#state = { name: 'speech', fromMs: startMs, frames: [], activeFrames: 0, quietMs: 0, shown: '' };
    }
    const speech = this.#state;
    speech.frames.push(frame);
    speech.quietMs = active ? 0 : speech.quietMs + FRAME_MS;
    if (active) speech.activeFrames += 1;
    return active ? this.#goesOn(speech) : this.#pauses(speech);
  }

  #goesOn(speech: Speaking): Heard[] {
    const lengthMs = speech.frames.length * FRAME_MS;
    if (lengthMs >= LONGEST_MS) return this.#final(speech);
    if (speech.activeFrames === STARTED_FRAMES) return [{ type: 'started', atMs: speech.fromMs }];
    if (lengthMs % INTERIM_EVERY_MS !== 0 || lengthMs < 2 * INTERIM_EVERY_MS) return [];
    const [likeliest] = beginnings(speech.frames, this.#options.known);
    if (likeliest === undefined) return [];
    const words = likeliest.utterance.text.split(' ');
    const text = words.slice(0, Math.floor(words.length * likeliest.spoken)).join(' ');
    if (text === '' || text === speech.shown) return [];
    speech.shown = text;
    return [{ type: 'interim', text, fromMs: speech.fromMs, toMs: this.#nowMs }];
  }

  #pauses(speech: Speaking): Heard[] {
    if (speech.quietMs >= GIVE_UP_MS) return this.#final(speech);
    if (speech.quietMs < this.#options.endpointMs || speech.quietMs >= this.#options.endpointMs + FRAME_MS) return [];
    const { text } = recogniseFrames(speech.frames, this.#options.known);
    if (text === null) return [];
    const mayGoOn = beginnings(speech.frames, this.#options.known).some(({ utterance }) => utterance.text !== text);
    return mayGoOn ? [] : this.#final(speech);
  }

  #final(speech: Speaking): Heard[] {
    this.#state = { name: 'quiet' };
    if (speech.activeFrames < STARTED_FRAMES) return [];
    const toMs = this.#nowMs - speech.quietMs;
    return [{ type: 'final', ...recogniseFrames(speech.frames, this.#options.known), fromMs: speech.fromMs, toMs }];
  }
}
