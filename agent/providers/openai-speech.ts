/**
 * OpenAI's speech endpoint, played while it arrives.
 *
 * The plugin's class is not used: it waits for the whole clip, copies it in one go (a 10 s clip blocks every call of the
 * shard for 43-65 ms), never tries again, and its failure is an unhandled rejection.
 */
import {
  APIConnectionError,
  type APIConnectOptions,
  APIStatusError,
  AudioByteStream,
  shortuuid,
  tts,
} from '@livekit/agents';
import { coerceError } from '../../shared/faults.ts';
import { impatientFetch } from './impatient-fetch.ts';

const openAiSampleRate = 24_000;
const framesPerSecond = 20;
/** OpenAI answers within a second; a sentence that has not begun after this long is a failure to the caller. */
const speechFetch = impatientFetch('OpenAI speech', { firstByteMs: 8_000, nextByteMs: 5_000 });
const tries = 2;

export interface OpenAiSpeechOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly voice: string;
  readonly speed: number;
  readonly instructions: string | undefined;
  /** Of the PCM that comes; OpenAI's own when left out. */
  readonly sampleRate?: number;
}

export class OpenAiSpeech extends tts.TTS {
  override readonly label = 'openai.Speech';
  readonly #options: OpenAiSpeechOptions;
  readonly #closed = new AbortController();

  constructor(options: OpenAiSpeechOptions) {
    super(options.sampleRate ?? openAiSampleRate, 1, { streaming: false });
    this.#options = options;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return 'openai';
  }

  override synthesize(text: string, connection?: APIConnectOptions, abort?: AbortSignal): SpokenSentence {
    const signal = abort === undefined ? this.#closed.signal : AbortSignal.any([abort, this.#closed.signal]);
    return new SpokenSentence(this, this.#options, { text, connection, signal });
  }

  override stream(): tts.SynthesizeStream {
    throw new Error('this endpoint takes whole sentences: wrap it in tts.StreamAdapter');
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
  override readonly label = 'openai.SpokenSentence';
  readonly #speech: OpenAiSpeech;
  readonly #options: OpenAiSpeechOptions;

  constructor(speech: OpenAiSpeech, options: OpenAiSpeechOptions, { text, connection, signal }: Sentence) {
    super(text, speech, connection, signal);
    this.#speech = speech;
    this.#options = options;
  }

  /** Never throws: the base class leaves the rejection of its main task to nobody, so failures are reported instead. */
  protected override async run(): Promise<void> {
    try {
      await this.#play(await this.#fetch());
    } catch (thrown) {
      if (this.abortSignal.aborted) return;
      const error = thrown instanceof APIStatusError ? thrown : unreachable(thrown);
      this.#speech.emit('error', {
        type: 'tts_error',
        timestamp: Date.now(),
        label: this.label,
        error,
        recoverable: false,
      });
    }
  }

  async #fetch(): Promise<ReadableStream<Uint8Array>> {
    for (let attempt = 1; ; attempt++) {
      const response = await requestSpeech(this.inputText, this.#options, this.abortSignal);
      if (response.ok && response.body !== null) return response.body;
      const { status: statusCode } = response;
      await response.body?.cancel();
      const worthAnotherTry = statusCode === 429 || statusCode >= 500;
      if (attempt >= tries || !worthAnotherTry)
        throw new APIStatusError({ message: `speech answered ${statusCode}`, options: { statusCode } });
    }
  }

  /** One frame is held back, because only the last one may say that it is the last. */
  async #play(body: ReadableStream<Uint8Array>): Promise<void> {
    const requestId = shortuuid();
    const { sampleRate } = this.#speech;
    const bytes = new AudioByteStream(sampleRate, 1, Math.round(sampleRate / framesPerSecond));
    let held: tts.SynthesizedAudio['frame'] | undefined;
    const put = (frame: tts.SynthesizedAudio['frame'], final: boolean) =>
      this.queue.put({ requestId, segmentId: requestId, frame, final });
    for await (const chunk of body) {
      for (const frame of bytes.write(chunk)) {
        if (held !== undefined) put(held, false);
        held = frame;
      }
    }
    for (const frame of bytes.flush()) {
      if (held !== undefined) put(held, false);
      held = frame;
    }
    if (held !== undefined) put(held, true);
  }
}

export function requestSpeech(input: string, options: OpenAiSpeechOptions, signal: AbortSignal): Promise<Response> {
  const { apiKey, baseUrl, model, voice, speed, instructions } = options;
  return speechFetch(`${baseUrl}/audio/speech`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input, model, voice, speed, instructions, response_format: 'pcm' }),
    signal,
  });
}

function unreachable(thrown: unknown): APIConnectionError {
  return new APIConnectionError({ message: `speech failed: ${coerceError(thrown).message}` });
}
