/**
 * One call's own services. Never shared between calls: sessions listen on these very objects, so a shared one would bill a
 * tenant for another's words and close its calls on another's errors.
 */
import { inference, type llm, type stt, type tts } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { buildEach, type ProviderKeys } from './providers/index.ts';
import { buildRealtime, type RealtimeServices } from './realtime.ts';

export type CallServices = PipelineServices | RealtimeServices;

export interface PipelineServices {
  readonly mode: 'pipeline';
  readonly stt: stt.STT;
  readonly llm: llm.LLM;
  readonly tts: tts.TTS;
  readonly vad: inference.VAD;
  close(): Promise<void>;
}

/** @throws Error for a configuration that resolveConfig() did not pass */
export function buildServices(config: TenantConfig, keys: ProviderKeys): CallServices {
  return config.mode === 'realtime' ? buildRealtime(config, keys) : buildPipeline(config, keys);
}

function buildPipeline(config: TenantConfig, keys: ProviderKeys): PipelineServices {
  const services = {
    stt: first(buildEach('stt', config, keys)).service,
    llm: first(buildEach('llm', config, keys)).service,
    tts: first(buildEach('tts', config, keys)).service,
  };
  // Without any listener an `error` event is thrown, and these objects report late failures after the session let go.
  for (const service of Object.values(services)) service.on('error', () => undefined);
  // 15 s instead of 60 s of speech kept a call: 2 MB less.
  const vad = new inference.VAD({ maxBufferedSpeech: 15_000 });
  return {
    mode: 'pipeline',
    ...services,
    vad,
    async close() {
      await Promise.all([services.stt.close(), services.llm.aclose(), services.tts.close(), vad.close()]);
    },
  };
}

function first<T>([one]: readonly T[]): T {
  if (one === undefined) throw new Error('a kind of service without a choice');
  return one;
}
