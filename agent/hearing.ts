/**
 * Notices that the agent has gone deaf, whatever the provider: the caller talks and nothing of it comes back. A provider that
 * stays silent gives no event, and one plugin never reconnects a websocket that dropped (agents-js#2469).
 *
 * The first time a new stream is opened and hears again what the old one may have missed; when that one stays silent too,
 * the call is given up.
 *
 * Against false alarms: only time in which the voice detector hears speech counts, so a cough or a door is not enough; any
 * sign of life counts as an answer, also a provider's "speech began" without a word; the first alarm costs nobody anything;
 * and the second needs the caller to be audible, and the new stream silent, once more.
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

/** Longer than it takes to find out that a stream is deaf. */
const rememberedMs = 10_000;

type Heard = stt.SpeechEvent | string;
/** Opens a stream of the provider over these frames. */
export type OpenStream = (frames: ReadableStream<AudioFrame>) => Promise<ReadableStream<Heard> | null>;

export class Hearing {
  readonly #session: voice.AgentSession;
  readonly #log: Logger;
  readonly #giveUp: (cause: Error) => void;
  readonly #attention = new Attention(() => this.#deaf());
  /** The caller's sound since the last final transcript, as far as it is kept. */
  #remembered: AudioFrame[] = [];
  #frames: ReadableStreamDefaultController<AudioFrame> | undefined;
  #events: ReadableStreamDefaultReader<Heard> | undefined;
  #trial: 'none' | 'wanted' | 'running' = 'none';

  constructor(session: voice.AgentSession, giveUp: (cause: Error) => void, log: Logger) {
    this.#session = session;
    this.#log = log;
    this.#giveUp = giveUp;
  }

  /** What the provider understands of the caller's audio, over as many streams as it takes. */
  listen(audio: AsyncIterable<AudioFrame>, open: OpenStream): ReadableStream<Heard> {
    // Not before: a model that hears and speaks in one has no stream that could go deaf.
    this.#session.on(voice.AgentSessionEventTypes.UserStateChanged, ({ newState }) =>
      this.#attention.caller(newState === 'speaking' ? 'speaks' : 'is quiet'),
    );
    this.#forward(audio).catch((thrown: unknown) => this.#giveUp(coerceError(thrown)));
    return new ReadableStream<Heard>({
      pull: async (output) => {
        for (;;) {
          this.#events ??= await this.#open(open);
          const { done, value } = await this.#events.read();
          if (!done) return output.enqueue(this.#notice(value));
          this.#frames = undefined;
          if (this.#trial !== 'wanted') return output.close();
          this.#trial = 'running';
          this.#events = undefined;
        }
      },
      cancel: (reason) => this.#events?.cancel(reason),
    });
  }

  close(): void {
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
      const frameMs = (frame.samplesPerChannel / frame.sampleRate) * 1000;
      if (this.#remembered.length * frameMs > rememberedMs) this.#remembered.shift();
      this.#frames?.enqueue(frame);
    }
  }

  #notice(heard: Heard): Heard {
    const type = typeof heard === 'string' ? stt.SpeechEventType.FINAL_TRANSCRIPT : heard.type;
    // Counted by the plugin itself from what it sends: no word from the provider.
    if (type === stt.SpeechEventType.RECOGNITION_USAGE) return heard;
    this.#attention.answered();
    this.#trial = 'none';
    if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) this.#remembered = [];
    return heard;
  }

  #deaf(): void {
    if (this.#trial === 'none') {
      this.#log.warn('the caller speaks and no transcript comes: listening begins anew');
      this.#trial = 'wanted';
      this.#frames = undefined;
      this.#events?.cancel().catch((thrown: unknown) => this.#giveUp(coerceError(thrown)));
    } else this.#giveUp(new Error('the caller speaks and no transcript comes, from a new stream either'));
  }
}
