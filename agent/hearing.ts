/**
 * Notices that the agent has gone deaf, whatever the provider: the caller talks and nothing of it comes back, or the stream
 * ends. A provider that stays silent gives no event, and one plugin never reconnects a websocket that dropped
 * (agents-js#2469).
 *
 * Then the next provider listens, or the same one anew when it is alone, and hears again what the caller said since the last
 * final transcript. When nobody is left, the call is given up.
 *
 * Against false alarms: only time in which the voice detector hears speech counts, so a cough or a door is not enough; any
 * sign of life counts as an answer, also a provider's "speech began" without a word; the first alarm costs nobody anything;
 * and each further one needs the caller to be audible, and the new stream silent, once more.
 */
import {
  ReadableStream,
  type ReadableStreamDefaultController,
  type ReadableStreamDefaultReader,
} from 'node:stream/web';
import { stt, voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { Attention } from './attention.ts';

/** Longer than it takes to find out that two streams, one after the other, are deaf. */
const rememberedMs = 15_000;

/** So much later than it was spoken a word may come back as final; meanwhile the next one has begun. */
const writingMs = 300;

type Heard = stt.SpeechEvent | string;
/** Opens a stream of whoever listens over these frames. */
export type OpenStream = (frames: ReadableStream<AudioFrame>) => Promise<ReadableStream<Heard> | null>;

/** Who listens, and who would next. */
export interface Ears {
  readonly alone: boolean;
  readonly failure: Error | undefined;
  works(): void;
  giveWay(cause: Error): boolean;
}

export class Hearing {
  readonly #session: voice.AgentSession;
  readonly #log: Logger;
  readonly #ears: Ears;
  readonly #giveUp: (cause: Error) => void;
  readonly #attention: Attention;
  /** The caller's sound since the last final transcript, as far as it is kept. */
  #remembered: AudioFrame[] = [];
  #frames: ReadableStreamDefaultController<AudioFrame> | undefined;
  #events: ReadableStreamDefaultReader<Heard> | undefined;
  #over = false;

  /** @param ears undefined: nobody but the model listens, which notices itself @param giveUp called when nobody is left to listen */
  constructor(session: voice.AgentSession, ears: Ears | undefined, giveUp: (cause: Error) => void, log: Logger) {
    this.#session = session;
    this.#log = log;
    this.#ears = ears ?? noEars;
    this.#giveUp = giveUp;
    this.#attention = new Attention(() => this.#deaf(), this.#ears);
    if (ears === undefined) return;
    session.on(voice.AgentSessionEventTypes.UserStateChanged, ({ newState }) =>
      this.#attention.caller(newState === 'speaking' ? 'speaks' : 'is quiet'),
    );
  }

  /** One that listens in its place from now on. */
  replacedBy(ears: Ears): Hearing {
    this.close();
    return new Hearing(this.#session, ears, this.#giveUp, this.#log);
  }

  /** What the provider understands of the caller's audio, over as many streams as it takes. */
  listen(audio: AsyncIterable<AudioFrame>, open: OpenStream): ReadableStream<Heard> {
    this.#forward(audio).catch((thrown: unknown) => this.#giveUp(coerceError(thrown)));
    return new ReadableStream<Heard>({
      pull: async (output) => {
        for (;;) {
          this.#events ??= await this.#open(open);
          const events = this.#events;
          const { done, value } = await events.read();
          if (!done) return output.enqueue(this.#notice(value));
          if (this.#over) return output.close();
          // The stream of a deaf one was ended by us, and somebody else was found already.
          if (this.#events === events && !this.#ended()) return output.close();
        }
      },
      cancel: (reason) => {
        this.#over = true;
        return this.#events?.cancel(reason);
      },
    });
  }

  close(): void {
    this.#over = true;
    this.#attention.close();
  }

  async #open(open: OpenStream): Promise<ReadableStreamDefaultReader<Heard>> {
    const frames = new ReadableStream<AudioFrame>({
      start: (controller) => {
        for (const frame of this.#remembered) controller.enqueue(frame);
        this.#frames = controller;
      },
    });
    const events = await open(frames);
    if (events === null) throw new Error('there is no speech recognition to listen with');
    return events.getReader();
  }

  async #forward(audio: AsyncIterable<AudioFrame>): Promise<void> {
    for await (const frame of audio) {
      this.#remembered.push(frame);
      if (this.#remembered.length * lengthMs(frame) > rememberedMs) this.#remembered.shift();
      this.#frames?.enqueue(frame);
    }
    this.#over = true;
  }

  #notice(heard: Heard): Heard {
    const type = typeof heard === 'string' ? stt.SpeechEventType.FINAL_TRANSCRIPT : heard.type;
    // Counted from what was sent: no word from the provider.
    if (type === stt.SpeechEventType.RECOGNITION_USAGE) return heard;
    this.#attention.answered();
    this.#ears.works();
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) this.#forget();
    return heard;
  }

  /** What came since the words that are final now: a recogniser writes them that much later. */
  #forget(): void {
    let keptMs = 0;
    const kept = this.#remembered.findLastIndex((frame) => {
      keptMs += lengthMs(frame);
      return keptMs > writingMs;
    });
    this.#remembered = this.#remembered.slice(kept + 1);
  }

  #deaf(): void {
    const deaf = new Error('the caller speaks and no transcript comes');
    const events = this.#events;
    if (!this.#next(deaf)) return;
    this.#log.warn('the caller speaks and no transcript comes: listening begins anew');
    events?.cancel().catch((thrown: unknown) => this.#giveUp(coerceError(thrown)));
  }

  /** The stream ended by itself. @returns whether another one listens now */
  #ended(): boolean {
    return this.#next(this.#ears.failure ?? new Error('the speech recognition ended by itself'));
  }

  #next(cause: Error): boolean {
    this.#frames = undefined;
    const next = this.#ears.giveWay(cause);
    if (next) this.#events = undefined;
    else this.#giveUp(cause);
    return next;
  }
}

const noEars: Ears = { alone: true, failure: undefined, works: () => undefined, giveWay: () => false };

function lengthMs({ samplesPerChannel, sampleRate }: AudioFrame): number {
  return (samplesPerChannel / sampleRate) * 1000;
}
