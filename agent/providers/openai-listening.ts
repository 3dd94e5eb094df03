/**
 * OpenAI's live transcription (ws /realtime?intent=transcription), turn by turn.
 *
 * The plugin's class is not used: a line that drops leaves it deaf without a word, a second try reads the same sound twice,
 * a frame it cannot read ends it, and a call's minutes are not counted for the models without a turn detection of their own.
 */
import { APIConnectionError, type APIConnectOptions, APITimeoutError, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { parseJson } from '../../shared/json.ts';
import { VoiceDetector } from '../voice-detector.ts';
import { errorOf, type OpenAiSocket, openSocket } from './openai-socket.ts';
import { bytesOf, TurnStream } from './turn-stream.ts';

const sampleRate = 24_000;
/** Words come within a second of the end of a turn. */
const wordsDeadlineMs = 5_000;

export interface OpenAiListeningOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly language: string;
  readonly prompt: string | undefined;
  readonly noiseReduction: 'near_field' | 'far_field' | undefined;
}

export class OpenAiListening extends stt.STT {
  override readonly label = 'openai.Listening';
  readonly #options: OpenAiListeningOptions;
  /** One detector for one recogniser. */
  readonly #vad = new VoiceDetector();

  constructor(options: OpenAiListeningOptions) {
    super({ streaming: true, interimResults: true });
    this.#options = options;
  }

  override get model(): string {
    return this.#options.model;
  }

  override get provider(): string {
    return 'openai';
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('a live line hears streams only'));
  }

  override stream(options: { connOptions?: APIConnectOptions } = {}): stt.SpeechStream {
    return new LiveTranscript(this, this.#vad, { options: this.#options, connection: options.connOptions });
  }

  override async close(): Promise<void> {
    await this.#vad.close();
  }
}

/** What configures a transcription session, also for a probe. */
export function sessionUpdate({
  model,
  language,
  prompt,
  noiseReduction,
}: Omit<OpenAiListeningOptions, 'apiKey' | 'baseUrl'>) {
  const transcription = { model, language: language.slice(0, 2), ...(prompt === undefined ? {} : { prompt }) };
  const input = {
    format: { type: 'audio/pcm', rate: sampleRate },
    transcription,
    turn_detection: null,
    ...(noiseReduction === undefined ? {} : { noise_reduction: { type: noiseReduction } }),
  };
  return { type: 'session.update', session: { type: 'transcription', audio: { input } } };
}

const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('input_audio_buffer.committed'), item_id: z.string() }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.delta'),
    item_id: z.string(),
    delta: z.string().default(''),
  }),
  z.object({
    type: z.literal('conversation.item.input_audio_transcription.completed'),
    item_id: z.string(),
    transcript: z.string(),
  }),
  z.object({ type: z.literal('conversation.item.input_audio_transcription.failed'), error: z.unknown() }),
  z.object({ type: z.literal('error'), error: z.unknown() }),
]);

interface Listening {
  readonly options: OpenAiListeningOptions;
  readonly connection: APIConnectOptions | undefined;
}

class LiveTranscript extends TurnStream {
  override readonly label = 'openai.LiveTranscript';
  readonly #options: OpenAiListeningOptions;
  #socket: OpenAiSocket | undefined;
  #fail: (error: Error) => void = () => undefined;
  #late: NodeJS.Timeout | undefined;
  /** Of the item that is being transcribed: an older one's words must not be shown as this one's. */
  #shown = { item: '', text: '' };

  constructor(listening: OpenAiListening, vad: VoiceDetector, { options, connection }: Listening) {
    super(listening, vad, { sampleRate, connection });
    this.#options = options;
  }

  protected override onSound(frame: AudioFrame): void {
    this.#send({ type: 'input_audio_buffer.append', audio: bytesOf(frame).toString('base64') });
  }

  protected override onEnd(): void {
    this.#send({ type: 'input_audio_buffer.commit' });
    this.#expectWords();
  }

  protected override async transcribe(): Promise<void> {
    const { apiKey, baseUrl } = this.#options;
    const socket = await openSocket({ apiKey, baseUrl, query: { intent: 'transcription' } });
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fail = reject;
        this.abortSignal.addEventListener('abort', () => resolve(), { once: true });
        socket.on('message', (data) => this.#hear(String(data)));
        socket.on('error', (error) => reject(new APIConnectionError({ message: error.message })));
        socket.on('close', (code) => reject(new APIConnectionError({ message: `OpenAI closed the line (${code})` })));
        this.#begin(socket);
      });
    } finally {
      clearTimeout(this.#late);
      this.#socket = undefined;
      socket.terminate();
    }
  }

  /** What an earlier line did not answer is said again on this one. */
  #begin(socket: OpenAiSocket): void {
    this.#socket = socket;
    this.#send(sessionUpdate(this.#options));
    for (const { frames, ended } of this.turns) {
      for (const frame of frames) this.onSound(frame);
      if (ended) this.onEnd();
    }
  }

  #hear(text: string): void {
    // Other events, and what is no event at all, say nothing that is needed here.
    const event = eventSchema.safeParse(parseJson(text)).data;
    switch (event?.type) {
      case undefined:
      case 'input_audio_buffer.committed':
        return;
      case 'conversation.item.input_audio_transcription.delta':
        return void this.#show(event.item_id, event.delta);
      case 'conversation.item.input_audio_transcription.completed':
        this.understood(event.transcript, this.#options.language);
        clearTimeout(this.#late);
        if (this.turns.some(({ ended }) => ended)) this.#expectWords();
        return;
      case 'conversation.item.input_audio_transcription.failed':
      case 'error':
        return void this.#fail(errorOf(event.error));
    }
  }

  #show(item: string, delta: string): void {
    this.#shown = { item, text: (this.#shown.item === item ? this.#shown.text : '') + delta };
    const { language } = this.#options;
    const heard = {
      text: this.#shown.text,
      language: language as stt.SpeechData['language'],
      startTime: 0,
      endTime: 0,
    };
    const alternatives: [stt.SpeechData] = [{ ...heard, confidence: 1 }];
    this.queue.put({ type: stt.SpeechEventType.INTERIM_TRANSCRIPT, requestId: item, alternatives });
  }

  #expectWords(): void {
    if (this.#socket === undefined) return;
    clearTimeout(this.#late);
    const error = new APITimeoutError({ message: `OpenAI gave no words within ${wordsDeadlineMs} ms` });
    this.#late = setTimeout(() => this.#fail(error), wordsDeadlineMs);
  }

  #send(message: object): void {
    if (this.#socket?.readyState === this.#socket?.OPEN) this.#socket?.send(JSON.stringify(message));
  }
}
