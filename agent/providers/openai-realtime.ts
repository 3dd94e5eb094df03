/**
 * OpenAI's speech-to-speech model, by the plugin, with what the plugin (1.9.0) leaves to luck put right: a line that is
 * refused or cannot be reached is an exception that ends the shard; one that is closed stays open for twenty minutes; an
 * answer that fails, or is lost with its line, is silence for ever.
 */
import type { EventEmitter } from 'node:events';
import { APIConnectionError, type APIError, APITimeoutError, isAPIError, type llm, log } from '@livekit/agents';
import { realtime } from '@livekit/agents-plugin-openai';
import type { AudioFrame } from '@livekit/rtc-node';
import { coerceError } from '../../shared/faults.ts';
import { errorOf, type OpenAiSocket, openSocket } from './openai-socket.ts';
import type { Chosen } from './provider.ts';
import type { CallRealtimeModel } from './realtime-model.ts';
import { SpeechGate } from './speech-gate.ts';
import { Unheard } from './unheard.ts';

const readyDeadlineMs = 6_000;
const tries = 2;
const retryAfterMs = 500;
/** OpenAI ends a line after an hour; the plugin opens a new one before, and repeats what was said. */
const lineMs = 55 * 60_000;
/** A line that ends sooner was not one; after so many in a row there is none. */
const shortLineMs = 5_000;
const mostShortLines = 2;

interface RealtimeOptions {
  readonly transcription_model: string;
  readonly noise_reduction?: 'near_field' | 'far_field' | undefined;
  readonly speed: number;
}
export type RealtimeChosen = Chosen<RealtimeOptions>;

export class OpenAiRealtime extends realtime.RealtimeModel implements CallRealtimeModel {
  readonly chosen: RealtimeChosen;
  onAnswerLost: () => void = () => undefined;
  onMetrics: CallRealtimeModel['onMetrics'] = () => undefined;
  #session: OpenAiRealtimeSession | undefined;

  constructor(chosen: RealtimeChosen) {
    const { apiKey, baseUrl, model, voice, language, options } = chosen;
    const { transcription_model, noise_reduction, speed } = options;
    super({
      apiKey,
      baseURL: baseUrl,
      model,
      voice,
      speed,
      // Turns are ours, as in a pipeline: the same settings hold, and a greeting can be one that nobody talks into.
      turnDetection: null,
      inputAudioTranscription: { model: transcription_model, language: language.slice(0, 2) },
      ...(noise_reduction === undefined ? {} : { inputAudioNoiseReduction: { type: noise_reduction } }),
      maxSessionDuration: lineMs,
      connOptions: { maxRetry: 1, retryIntervalMs: retryAfterMs, timeoutMs: readyDeadlineMs },
    });
    this.chosen = chosen;
  }

  get opened(): Promise<void> {
    return this.#session?.opened ?? Promise.reject(new Error('nobody has opened a line yet'));
  }

  get saying(): string {
    return this.#session?.saying ?? '';
  }

  /** One model serves one call, with one session at a time. */
  override session(): realtime.RealtimeSession {
    this.#session = new OpenAiRealtimeSession(this);
    return this.#session as unknown as realtime.RealtimeSession;
  }

  caller(now: 'speaks' | 'is quiet'): void {
    this.#session?.caller(now);
  }

  override async close(): Promise<void> {
    await this.#session?.close();
  }
}

/** The plugin's session without its private members, one of which is replaced here. */
interface PluginSession extends EventEmitter {
  pushAudio(frame: AudioFrame): void;
  commitAudio(): Promise<void>;
  clearAudio(): Promise<void>;
  generateReply(instructions?: string, options?: { signal?: AbortSignal }): Promise<llm.GenerationCreatedEvent>;
  interrupt(): Promise<void>;
  close(): Promise<void>;
}
const PluginSession = realtime.RealtimeSession as unknown as new (model: realtime.RealtimeModel) => PluginSession;

interface ServerEvent {
  readonly type?: unknown;
  readonly delta?: unknown;
  readonly error?: unknown;
  readonly item?: { readonly type?: unknown };
  readonly response?: { readonly status?: unknown };
}

class OpenAiRealtimeSession extends PluginSession {
  readonly #model: OpenAiRealtime;
  readonly #gate = new SpeechGate((frame) => this.#pass(frame));
  readonly #late: NodeJS.Timeout;
  #socket: OpenAiSocket | undefined;
  #openedAtMs = 0;
  #shortLines = 0;
  #failedAnswers = 0;
  #owesAnswer = false;
  /** What the caller says now, and what they said last, until it is written down or answered. */
  #turn = new Unheard();
  #unanswered = new Unheard();
  #over = false;
  saying = '';
  readonly opened: Promise<void>;
  #settleOpened: () => void = () => undefined;

  constructor(model: OpenAiRealtime) {
    super(model);
    this.#model = model;
    this.opened = new Promise((resolve) => {
      this.#settleOpened = resolve;
    });
    const late = new APITimeoutError({ message: `OpenAI was not ready within ${readyDeadlineMs} ms` });
    this.#late = setTimeout(() => this.#fail(late), readyDeadlineMs);
    // Also what keeps an error that comes after the call let go from being thrown.
    this.on('error', ({ recoverable }: llm.RealtimeModelError) => {
      if (!recoverable) this.#end();
    });
    this.on('metrics_collected', (measured) => this.#model.onMetrics(measured));
    this.on('openai_server_event_received', (event: ServerEvent) => this.#notice(event));
    this.on('input_audio_transcription_completed', ({ isFinal }) => {
      if (isFinal) this.#unanswered = new Unheard();
    });
    this.on('session_reconnected', () => void this.#sayAgain());
  }

  caller(now: 'speaks' | 'is quiet'): void {
    this.#gate.caller(now);
  }

  override pushAudio(frame: AudioFrame): void {
    if (!this.#over) this.#gate.push(frame);
  }

  override async commitAudio(): Promise<void> {
    if (this.#gate.heardSound) {
      this.#unanswered = this.#turn;
      this.#turn = new Unheard();
      if (this.#connected) await super.commitAudio();
    } else if (this.#connected) await super.clearAudio();
    this.#gate.turnOver();
  }

  override async generateReply(
    ...asked: Parameters<PluginSession['generateReply']>
  ): Promise<llm.GenerationCreatedEvent> {
    this.#owesAnswer = true;
    return super.generateReply(...asked);
  }

  override async interrupt(): Promise<void> {
    this.#owesAnswer = false;
    await super.interrupt();
  }

  override async close(): Promise<void> {
    this.#end();
    await super.close();
  }

  /** In place of the plugin's. Its constructor calls this before this object's own fields are there, so wait a moment. */
  async createWsConn(): Promise<OpenAiSocket> {
    await Promise.resolve();
    if (this.#openedAtMs > 0)
      this.#shortLines = performance.now() - this.#openedAtMs < shortLineMs ? this.#shortLines + 1 : 0;
    if (this.#shortLines > mostShortLines)
      this.#fail(new APIConnectionError({ message: 'OpenAI keeps closing the line' }));
    for (let attempt = 1; !this.#over; attempt++) {
      try {
        return await this.#open();
      } catch (thrown) {
        const retryable = isAPIError(thrown) && thrown.retryable;
        if (attempt >= tries || !retryable) this.#fail(coerceError(thrown));
        else await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
    // Nobody waits any more: a rejection would be nobody's either.
    return new Promise(() => undefined);
  }

  async #open(): Promise<OpenAiSocket> {
    const { apiKey, baseUrl, model } = this.#model.chosen;
    const socket = await openSocket({ apiKey, baseUrl, query: { model } });
    if (this.#over) socket.terminate();
    socket.onThrown = (error) => log().error({ error }, 'what OpenAI sent could not be handled');
    this.#socket = socket;
    this.#openedAtMs = performance.now();
    return socket;
  }

  #notice({ type, delta, item, response, error }: ServerEvent): void {
    if (type === 'session.created' || type === 'session.updated') this.#ready();
    else if (type === 'response.output_item.added' && item?.type === 'message') this.saying = '';
    else if (type === 'response.output_audio_transcript.delta') this.saying += String(delta);
    else if (type === 'response.done') this.#answered(response?.status);
    else if (type === 'error') this.#judge(errorOf(error));
  }

  /** Before the first line, too: until then the plugin keeps what it is given. */
  get #connected(): boolean {
    return this.#socket?.readyState === this.#socket?.OPEN;
  }

  #pass(frame: AudioFrame): void {
    this.#turn.add(frame);
    // What is pushed while there is no line would come twice.
    if (this.#connected) super.pushAudio(frame);
  }

  /** The plugin tells a new line what was said as text; what was not written down yet is said to it again. */
  async #sayAgain(): Promise<void> {
    const unanswered = this.#unanswered.again();
    for (const frame of unanswered) super.pushAudio(frame);
    if (unanswered.length > 0) await super.commitAudio();
    for (const frame of this.#turn.again()) super.pushAudio(frame);
    this.#loseAnswer();
  }

  #ready(): void {
    clearTimeout(this.#late);
    this.#settleOpened();
  }

  /** What the plugin takes for a passing trouble and is none: it would connect again, for ever. */
  #judge(error: APIError & { readonly statusCode?: number }): void {
    if (error.statusCode === 404 || error.statusCode === 403) this.#fail(error);
  }

  #answered(status: unknown): void {
    if (status === 'failed' && this.#failedAnswers > 0) {
      this.#fail(new APIConnectionError({ message: 'OpenAI failed to answer, twice' }));
    } else if (status === 'failed') {
      this.#failedAnswers += 1;
      setTimeout(() => this.#loseAnswer(), retryAfterMs);
    } else {
      this.#failedAnswers = 0;
      this.#owesAnswer = false;
      this.#unanswered = new Unheard();
    }
  }

  #loseAnswer(): void {
    if (this.#owesAnswer && !this.#over) this.#model.onAnswerLost();
  }

  #fail(error: Error): void {
    if (this.#over) return;
    const failure: llm.RealtimeModelError = {
      type: 'realtime_model_error',
      timestamp: Date.now(),
      label: this.#model.label(),
      error,
      recoverable: false,
    };
    this.emit('error', failure);
  }

  #end(): void {
    this.#over = true;
    this.#ready();
    this.#socket?.close();
  }
}
