/**
 * Speech over HTTP, a request a sentence, played while it arrives: for every provider that answers with raw PCM.
 *
 * The plugins' own classes are not used. OpenAI's waits for the whole clip, copies it in one go (a 10 s clip blocks every call
 * of the shard for 43-65 ms), never tries again, and its failure is an unhandled rejection. Deepgram's parses frames in an
 * event handler without a catch, which ends the process, and after a line that was cut tries again with the text already
 * consumed. ElevenLabs' has no deadline at all and hides what was answered: a wrong key is tried four times.
 *
 * They send text sentence by sentence as well, so nothing is spoken later; and each sentence begins with a mark of its text,
 * by which an interrupted answer is recorded as far as it was played (speaker.ts).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  APIConnectionError,
  type APIConnectOptions,
  APIError,
  APIStatusError,
  APITimeoutError,
  shortuuid,
  tts,
} from '@livekit/agents';
import { coerceError } from '../../shared/faults.ts';
import { FrameCutter } from '../frame-cutter.ts';
import { impatientFetch } from './impatient-fetch.ts';

/** Providers answer within a second; a sentence that has not begun after this long is a failure to the caller. */
const firstByteMs = 8_000;
const nextByteMs = 5_000;
const tries = 2;
const framesPerSecond = 20;
const mostRefusalCharacters = 4_000;
/** Longer than that a caller does not wait for a sentence: then it is a failure now. */
const longestWaitMs = 3_000;

export interface SpeechProtocol {
  /** For people. */
  readonly title: string;
  readonly provider: string;
  readonly model: string;
  /** Of the 16-bit little-endian mono PCM that the provider answers with. */
  readonly sampleRateHz: number;
  request(text: string): {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: unknown;
  };
}

/** Takes whole sentences: the session wraps it in a tts.StreamAdapter. */
export class SentenceSpeech extends tts.TTS {
  override readonly label: string;
  readonly #protocol: SpeechProtocol;
  readonly #closed = new AbortController();

  constructor(protocol: SpeechProtocol) {
    super(protocol.sampleRateHz, 1, { streaming: false });
    this.label = `${protocol.provider}.SentenceSpeech`;
    this.#protocol = protocol;
  }

  override get model(): string {
    return this.#protocol.model;
  }

  override get provider(): string {
    return this.#protocol.provider;
  }

  override synthesize(text: string, connection?: APIConnectOptions, abort?: AbortSignal): SpokenSentence {
    const signal = abort === undefined ? this.#closed.signal : AbortSignal.any([abort, this.#closed.signal]);
    return new SpokenSentence(this, this.#protocol, { text, connection, signal });
  }

  override stream(): tts.SynthesizeStream {
    throw new Error('this takes whole sentences: wrap it in tts.StreamAdapter');
  }

  override async close(): Promise<void> {
    this.#closed.abort();
    await super.close();
  }
}

interface Sentence {
  readonly text: string;
  readonly connection: APIConnectOptions | undefined;
  readonly signal: AbortSignal;
}

class SpokenSentence extends tts.ChunkedStream {
  override readonly label: string;
  readonly #speech: SentenceSpeech;
  readonly #protocol: SpeechProtocol;

  constructor(speech: SentenceSpeech, protocol: SpeechProtocol, { text, connection, signal }: Sentence) {
    super(text, speech, connection, signal);
    this.label = `${protocol.provider}.SpokenSentence`;
    this.#speech = speech;
    this.#protocol = protocol;
  }

  /** Never throws: the base class leaves the rejection of its main task to nobody, so failures are reported instead. */
  protected override async run(): Promise<void> {
    try {
      await this.#play(await this.#answer());
    } catch (thrown) {
      if (this.abortSignal.aborted) return;
      const error = asApiError(this.#protocol, thrown);
      const { label } = this;
      this.#speech.emit('error', { type: 'tts_error', timestamp: Date.now(), label, error, recoverable: false });
    }
  }

  /** Tried again only before the first sound: a caller must not hear the beginning of a sentence twice. */
  async #answer(): Promise<ReadableStream<Uint8Array>> {
    for (let attempt = 1; ; attempt += 1) {
      const response = await requestSpeech(this.#protocol, this.inputText, this.abortSignal);
      if (response.ok && response.body !== null && isSound(response)) return response.body;
      const said = (await response.text()).slice(0, mostRefusalCharacters);
      if (response.ok) throw new APIConnectionError({ message: `${this.#protocol.title} sent no sound` });
      const { status: statusCode } = response;
      const waitMs = Number(response.headers.get('retry-after') ?? 0) * 1_000;
      const worthAnotherTry = (statusCode === 429 || statusCode >= 500) && waitMs <= longestWaitMs;
      if (attempt >= tries || !worthAnotherTry) {
        const message = `${this.#protocol.title} speech answered ${statusCode}`;
        throw new APIStatusError({ message, options: { statusCode, body: { said } } });
      }
      await sleep(waitMs, undefined, { signal: this.abortSignal });
    }
  }

  /** One frame is held back, because only the last one may say that it is the last. */
  async #play(body: ReadableStream<Uint8Array>): Promise<void> {
    const requestId = shortuuid();
    const { sampleRateHz } = this.#protocol;
    const cutter = new FrameCutter(sampleRateHz, Math.round(sampleRateHz / framesPerSecond));
    let held: tts.SynthesizedAudio['frame'] | undefined;
    const put = (frame: tts.SynthesizedAudio['frame'], final: boolean) =>
      this.queue.put({ requestId, segmentId: requestId, frame, final });
    for await (const chunk of body) {
      for (const frame of cutter.cut(chunk)) {
        if (held !== undefined) put(held, false);
        held = frame;
      }
    }
    for (const frame of cutter.end()) {
      if (held !== undefined) put(held, false);
      held = frame;
    }
    if (held !== undefined) put(held, true);
  }
}

export function requestSpeech(protocol: SpeechProtocol, text: string, signal: AbortSignal): Promise<Response> {
  const { url, headers, body } = protocol.request(text);
  const patient = impatientFetch(`${protocol.title} speech`, { firstByteMs, nextByteMs });
  return patient(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
}

/** What a proxy says in the provider's name would be played as noise. */
function isSound({ headers }: Response): boolean {
  return !/^(text\/|application\/json)/.test(headers.get('content-type') ?? '');
}

function asApiError({ title }: SpeechProtocol, thrown: unknown): APIError {
  if (thrown instanceof APIError) return thrown;
  const { message } = coerceError(thrown);
  const said = { message: `${title} speech failed: ${message}` };
  return /timed out/.test(message) ? new APITimeoutError(said) : new APIConnectionError(said);
}
