/**
 * Recordings to text over HTTP (POST /audio/transcriptions): OpenAI's whisper-1, and most servers that speak its protocol.
 *
 * The plugin's class is not used: put behind a voice detector, as it has to be, a request that fails is a turn of the caller
 * that nobody ever hears of.
 */
import { APIConnectionError, type APIConnectOptions, APIStatusError, APITimeoutError, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import { parseJson } from '../../shared/json.ts';
import { VoiceDetector } from '../voice-detector.ts';
import { impatientFetch } from './impatient-fetch.ts';
import { bytesOf, TurnStream } from './turn-stream.ts';

const sampleRate = 16_000;
const transcribeFetch = impatientFetch('transcription', { firstByteMs: 5_000, nextByteMs: 3_000 });

export interface TranscriptionOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly language: string;
  readonly prompt: string | undefined;
}

export class OpenAiTranscription extends stt.STT {
  override readonly label = 'openai.Transcription';
  readonly #options: TranscriptionOptions;
  /** One detector for one recogniser. */
  readonly #vad = new VoiceDetector();

  constructor(options: TranscriptionOptions) {
    super({ streaming: true, interimResults: false });
    this.#options = options;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return 'openai';
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('recordings are made of streams here'));
  }

  override stream(options: { connOptions?: APIConnectOptions } = {}): stt.SpeechStream {
    return new RecordedTurns(this, this.#vad, { options: this.#options, connection: options.connOptions });
  }

  override async close(): Promise<void> {
    await this.#vad.close();
  }
}

interface Recording {
  readonly options: TranscriptionOptions;
  readonly connection: APIConnectOptions | undefined;
}

class RecordedTurns extends TurnStream {
  override readonly label = 'openai.RecordedTurns';
  readonly #options: TranscriptionOptions;
  #wake: () => void = () => undefined;

  constructor(transcription: OpenAiTranscription, vad: VoiceDetector, { options, connection }: Recording) {
    super(transcription, vad, { sampleRate, connection });
    this.#options = options;
  }

  protected override onSound(): void {
    // A recording is sent when it is whole.
  }

  protected override onEnd(): void {
    this.#wake();
  }

  protected override async transcribe(): Promise<void> {
    while (!this.closed) {
      const [turn] = this.turns;
      if (turn?.ended === true) {
        const text = await transcribe(turn.frames, this.#options, this.abortSignal);
        if (!this.closed) this.understood(text, this.#options.language);
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          this.abortSignal.addEventListener('abort', () => resolve(), { once: true });
        });
    }
  }
}

/** @throws APIStatusError refused; APIConnectionError not reached or not understood */
async function transcribe(
  frames: readonly AudioFrame[],
  options: TranscriptionOptions,
  signal: AbortSignal,
): Promise<string> {
  try {
    const response = await requestTranscription(Buffer.concat(frames.map(bytesOf)), options, { signal });
    const said = await response.text();
    if (!response.ok) {
      const message = `transcription answered ${response.status}`;
      throw new APIStatusError({ message, options: { statusCode: response.status } });
    }
    return z.object({ text: z.string() }).parse(parseJson(said)).text;
  } catch (thrown) {
    if (thrown instanceof APIStatusError) throw thrown;
    const { message } = coerceError(thrown);
    const said = { message: `transcription failed: ${message}` };
    throw /timed out/.test(message) ? new APITimeoutError(said) : new APIConnectionError(said);
  }
}

/** @param pcm 16 kHz mono */
export function requestTranscription(
  pcm: Buffer,
  { apiKey, baseUrl, model, language, prompt }: TranscriptionOptions,
  { signal }: { readonly signal: AbortSignal },
): Promise<Response> {
  const form = new FormData();
  form.set('file', new File([wav(pcm)], 'turn.wav', { type: 'audio/wav' }));
  form.set('model', model);
  form.set('language', language.slice(0, 2));
  form.set('response_format', 'json');
  if (prompt !== undefined) form.set('prompt', prompt);
  return transcribeFetch(`${baseUrl}/audio/transcriptions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}` },
    body: form,
    signal,
  });
}

function wav(pcm: Buffer): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + pcm.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRate, 24);
  header.writeUInt32LE(sampleRate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(pcm.length, 40);
  return new Uint8Array(Buffer.concat([header, pcm]));
}
