/** The real plugins, pointed at the stand-ins as an agent points them, and what comes out of them. */
import { initializeLogger, llm, type stt } from '@livekit/agents';
import * as deepgram from '@livekit/agents-plugin-deepgram';
import * as elevenlabs from '@livekit/agents-plugin-elevenlabs';
import * as openai from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type Providers, startProviders } from '../../dev/providers/server.ts';
import type { Language } from '../../dev/providers/speech/language.ts';

// The plugins take their logger when they are constructed and throw without one.
initializeLogger({ pretty: false, level: 'silent' });

/** One attempt, so that a test sees the failure itself; time enough for a busy machine. */
const oneAttempt = { maxRetry: 0, retryIntervalMs: 10, timeoutMs: 3_000 };
const LISTENING_RATE_HZ = 16_000;

/** What a plugin told its session about a failure. */
export interface Failure {
  readonly name: string;
  readonly status: number | undefined;
  readonly recoverable: boolean;
}

interface ErrorEvent {
  readonly error: Error & { readonly statusCode?: number; readonly status?: number };
  readonly recoverable: boolean;
}

function failuresOf(plugin: { on(event: 'error', listener: (event: ErrorEvent) => void): unknown }): Failure[] {
  const failures: Failure[] = [];
  plugin.on('error', ({ error, recoverable }) => {
    failures.push({ name: error.name, status: error.statusCode ?? error.status, recoverable });
  });
  return failures;
}

/** Stand-ins for one test file, forgotten between tests. */
export function useStandIns(): () => Providers {
  let providers: Providers | undefined;
  beforeAll(async () => {
    providers = await startProviders({ port: 0, log: pino({ level: 'warn' }) });
  });
  beforeEach(() => providers?.reset());
  afterAll(() => providers?.close());
  return () => {
    if (providers === undefined) throw new Error('the stand-ins are not running yet');
    return providers;
  };
}

export interface Question {
  readonly key: string;
  readonly system?: string;
  readonly user?: string;
  readonly tools?: llm.ToolContextLike;
  /** Ends the stream as a session does that has waited long enough. */
  readonly givenUp?: AbortSignal;
}

export async function ask(providers: Providers, question: Question) {
  const {
    key,
    system = 'You answer the phone of Harbor Pizza.',
    user = 'What time do you close?',
    tools,
    givenUp,
  } = question;
  const model = new openai.LLM({ apiKey: key, baseURL: providers.urls.openai, model: 'gpt-4.1-mini' });
  const failures = failuresOf(model);
  const chatCtx = llm.ChatContext.empty();
  chatCtx.addMessage({ role: 'system', content: system });
  chatCtx.addMessage({ role: 'user', content: user });
  const stream = model.chat({ chatCtx, connOptions: oneAttempt, ...(tools === undefined ? {} : { toolCtx: tools }) });
  givenUp?.addEventListener('abort', () => stream.close(), { once: true });
  let text = '';
  let usage: llm.CompletionUsage | undefined;
  const toolCalls: llm.FunctionCall[] = [];
  for await (const chunk of stream) {
    text += chunk.delta?.content ?? '';
    toolCalls.push(...(chunk.delta?.toolCalls ?? []));
    usage = chunk.usage ?? usage;
  }
  await model.aclose();
  return { text, toolCalls, usage, failures };
}

/** OpenAI speech; `samples` at 24 kHz. */
export async function speakOpenAi(providers: Providers, { key, text }: { key: string; text: string }) {
  const voice = new openai.TTS({
    apiKey: key,
    baseURL: providers.urls.openai,
    model: 'gpt-4o-mini-tts',
    voice: 'alloy',
  });
  const failures = failuresOf(voice);
  const pcm: Int16Array[] = [];
  for await (const { frame } of voice.synthesize(text, oneAttempt)) pcm.push(frame.data);
  await voice.close();
  return { pcm: joined(pcm), sampleRate: voice.sampleRate, failures };
}

/** Deepgram speech over its websocket. */
export async function speakDeepgram(providers: Providers, { key, text }: { key: string; text: string }) {
  const voice = new deepgram.TTS({ apiKey: key, baseUrl: providers.urls.deepgram, model: 'aura-2-thalia-en' });
  const failures = failuresOf(voice);
  const stream = voice.stream({ connOptions: oneAttempt });
  stream.pushText(text);
  stream.flush();
  stream.endInput();
  const pcm: Int16Array[] = [];
  for await (const audio of stream) {
    if (typeof audio === 'symbol') break;
    pcm.push(audio.frame.data);
  }
  stream.close();
  return { pcm: joined(pcm), sampleRate: voice.sampleRate, failures };
}

/** ElevenLabs speech over HTTP; `samples` at 22 050 Hz. */
export async function speakElevenLabs(providers: Providers, { key, text }: { key: string; text: string }) {
  const voice = new elevenlabs.TTS({ apiKey: key, baseURL: providers.urls.elevenlabs, model: 'eleven_flash_v2_5' });
  const failures = failuresOf(voice);
  const pcm: Int16Array[] = [];
  for await (const { frame } of voice.synthesize(text)) pcm.push(frame.data);
  await voice.close();
  return { pcm: joined(pcm), sampleRate: voice.sampleRate, failures };
}

export interface Listening {
  readonly key: string;
  readonly language: Language;
  /** Left out: nova. */
  readonly model?: 'flux-general-en';
}

/** One open line to the Deepgram recogniser. `close` also when it failed. */
export function listen(providers: Providers, { key, language, model }: Listening) {
  const { deepgramSocket } = providers.urls;
  const hearing =
    model === undefined
      ? new deepgram.STT({ apiKey: key, baseUrl: deepgramSocket, language })
      : new deepgram.STTv2({ apiKey: key, endpointUrl: `${deepgramSocket}/v2/listen`, model });
  const failures = failuresOf(hearing);
  const stream = hearing.stream({ connOptions: oneAttempt });
  return {
    failures,
    /** Says a sentence with silence around it. */
    async say(text: string, spokenIn: Language = language): Promise<void> {
      const speech = await providers.speech.say(text, spokenIn, LISTENING_RATE_HZ);
      const line = new Int16Array(speech.length + 2 * LISTENING_RATE_HZ);
      line.set(speech, LISTENING_RATE_HZ / 2);
      for (let at = 0; at < line.length; at += 800) {
        const data = line.slice(at, at + 800);
        stream.pushFrame(new AudioFrame(data, LISTENING_RATE_HZ, 1, data.length));
      }
    },
    /** The events until one of `type`, or until the line fails. */
    async until(type: stt.SpeechEventType): Promise<stt.SpeechEvent[]> {
      const events: stt.SpeechEvent[] = [];
      for await (const event of stream) {
        events.push(event);
        if (event.type === type) return events;
      }
      return events;
    },
    async close(): Promise<void> {
      stream.close();
      await hearing.close();
    },
  };
}

/** Waits until `seen` gives something, for at most five seconds unless told otherwise. */
export async function eventually<T>(what: string, seen: () => T | undefined, deadlineMs = 5_000): Promise<T> {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const value = seen();
    if (value !== undefined) return value;
    if (performance.now() > giveUpAt) throw new Error(`never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function joined(parts: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
