/**
 * One call's own services. Never shared between calls: sessions listen on these very objects, so a shared one would bill a
 * tenant for another's words and close its calls on another's errors.
 */
import type { TenantConfig } from '../shared/config/index.ts';
import { FallbackLLM } from './fallback/llm.ts';
import { FallbackSTT } from './fallback/stt.ts';
import { type Candidate, Succession, type SuccessionWatch } from './fallback/succession.ts';
import { FallbackTTS } from './fallback/tts.ts';
import { type BuiltService, buildEach, type ProviderKeys } from './providers/index.ts';
import type { Services } from './providers/provider.ts';
import { buildRealtime, type RealtimeServices } from './realtime.ts';
import { VoiceDetector } from './voice-detector.ts';

export type CallServices = PipelineServices | RealtimeServices;

export interface PipelineServices {
  readonly mode: 'pipeline';
  readonly stt: FallbackSTT;
  readonly llm: FallbackLLM;
  readonly tts: FallbackTTS;
  readonly vad: VoiceDetector;
  /** Everyone who may do a part of the work. */
  readonly built: readonly BuiltService<'stt' | 'llm' | 'tts'>[];
  close(): Promise<void>;
}

/** @throws Error for a configuration that resolveConfig() did not pass */
export function buildServices(config: TenantConfig, keys: ProviderKeys, watch: SuccessionWatch): CallServices {
  return config.mode === 'realtime' ? buildRealtime(config, keys, watch) : buildPipeline(config, keys, watch);
}

function buildPipeline(config: TenantConfig, keys: ProviderKeys, watch: SuccessionWatch): PipelineServices {
  const vad = new VoiceDetector();
  const [hearing, thinking, speaking] = [
    buildEach('stt', config, keys),
    buildEach('llm', config, keys),
    buildEach('tts', config, keys),
  ];
  const built = [...hearing, ...thinking, ...speaking];
  const stt = new FallbackSTT(new Succession('stt', candidates(hearing), watch), servicesOf(hearing), vad);
  const llm = new FallbackLLM(new Succession('llm', candidates(thinking), watch), servicesOf(thinking));
  const tts = new FallbackTTS(new Succession('tts', candidates(speaking), watch), servicesOf(speaking));
  // Without any listener an `error` event is thrown, and these objects report late failures after the session let go.
  for (const service of [stt, llm, tts, ...servicesOf(built)]) service.on('error', () => undefined);
  return {
    mode: 'pipeline',
    stt,
    llm,
    tts,
    vad,
    built,
    async close() {
      await Promise.all([stt.close(), llm.aclose(), tts.close(), vad.close()]);
    },
  };
}

type PipelineKind = 'stt' | 'llm' | 'tts';

function candidates<K extends PipelineKind>(built: readonly BuiltService<K>[]): Candidate<Services[K]>[] {
  return built.map(({ placed, model, service }) => ({ provider: placed.choice.provider, model, service }));
}

function servicesOf<K extends PipelineKind>(built: readonly BuiltService<K>[]): Services[K][] {
  return built.map(({ service }) => service);
}
