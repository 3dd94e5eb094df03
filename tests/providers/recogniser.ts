/** A recogniser as a call has it, from the factory of its provider, and what came of listening with it. */
import { stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { serviceOf } from '../../agent/providers/index.ts';
import type { Providers } from '../../dev/providers/server.ts';
import type { Language } from '../../dev/providers/speech/language.ts';

const heardRateHz = 16_000;
const frameSamples = heardRateHz / 20;

export interface Listening {
  readonly provider: string;
  readonly baseUrl: string;
  readonly key: string;
  readonly language: Language;
  readonly model?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Left out: as a call has it. */
  readonly connOptions?: { maxRetry: number; retryIntervalMs: number; timeoutMs: number };
}

export function listenWith({ speech }: Providers, listening: Listening) {
  const { provider, baseUrl, key, language, model = null, options = {}, connOptions } = listening;
  const choice = { provider, model, options, base_url: null, voice: null };
  const service = serviceOf('stt', provider).build(choice, { apiKey: key, baseUrl, language });
  const failures: { message: string; status: number | undefined; recoverable: boolean }[] = [];
  const billedMs: number[] = [];
  service.on('error', ({ error, recoverable }) => {
    const status = 'statusCode' in error ? Number(error.statusCode) : undefined;
    failures.push({ message: error.message, status, recoverable });
  });
  service.on('metrics_collected', ({ audioDurationMs }) => billedMs.push(audioDurationMs));
  const stream = service.stream(connOptions === undefined ? {} : { connOptions });
  let pushedMs = 0;
  const push = (pcm: Int16Array) => {
    for (let at = 0; at + frameSamples <= pcm.length; at += frameSamples) {
      stream.pushFrame(new AudioFrame(pcm.slice(at, at + frameSamples), heardRateHz, 1, frameSamples));
      pushedMs += 50;
    }
  };
  return {
    service,
    stream,
    failures,
    billedMs: () => billedMs.reduce((sum, ms) => sum + ms, 0),
    pushedMs: () => pushedMs,
    silence: (seconds: number) => push(new Int16Array(seconds * heardRateHz)),
    async say(text: string, spokenIn: Language = language): Promise<void> {
      push(new Int16Array(heardRateHz / 2));
      push(await speech.say(text, spokenIn, heardRateHz));
      push(new Int16Array(heardRateHz));
    },
    /** The events until the first of `type`, or until the line fails; without a type, until it is over. Usage is no event. */
    async until(type?: stt.SpeechEventType): Promise<stt.SpeechEvent[]> {
      const events: stt.SpeechEvent[] = [];
      for await (const event of stream) {
        if (event.type !== stt.SpeechEventType.RECOGNITION_USAGE) events.push(event);
        if (event.type === type) break;
      }
      return events;
    },
    async close(): Promise<void> {
      stream.close();
      await service.close();
    },
  };
}

export const textsOf = (events: readonly stt.SpeechEvent[], type: stt.SpeechEventType) =>
  events.filter((event) => event.type === type).map((event) => event.alternatives?.[0]?.text);
