/** What a call used, under the names of its configuration: a plugin would call OpenAI by the host of its base URL. */
import { metrics, voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import type { CallRecord } from '../shared/contracts.ts';
import { specOf } from '../shared/providers/index.ts';

type Usage = CallRecord['usage'][number];

export class UsageMeter {
  readonly #collector = new metrics.ModelUsageCollector();

  listenTo(session: voice.AgentSession): void {
    session.on(voice.AgentSessionEventTypes.MetricsCollected, ({ metrics: measured }) => {
      // A TTS that takes whole sentences is measured twice, for each sentence and again for the stream they were cut from.
      if (measured.type === 'tts_metrics' && !measured.streamed) return;
      this.#collector.collect(measured);
    });
  }

  amounts(config: TenantConfig): CallRecord['usage'] {
    return this.#collector.flatten().flatMap((used) => amountsOf(used, config).filter(({ amount }) => amount > 0));
  }
}

function amountsOf(used: metrics.ModelUsage, config: TenantConfig): Usage[] {
  const amount = (kind: Usage['kind'], unit: Usage['unit'], value: number | undefined): Usage => {
    const { provider, model } = config[kind];
    return { kind, provider, model: model ?? specOf(provider)?.[kind]?.defaultModel ?? '', unit, amount: value ?? 0 };
  };
  switch (used.type) {
    case 'llm_usage':
      // A model that hears and speaks is counted as a language model. Its tokens of sound are among all its tokens.
      if (config.mode === 'realtime')
        return [
          amount('realtime', 'input_tokens', used.inputTokens),
          amount('realtime', 'cached_input_tokens', used.inputCachedTokens),
          amount('realtime', 'output_tokens', used.outputTokens),
          amount('realtime', 'input_audio_tokens', used.inputAudioTokens),
          amount('realtime', 'output_audio_tokens', used.outputAudioTokens),
        ];
      return [
        amount('llm', 'input_tokens', used.inputTokens),
        amount('llm', 'cached_input_tokens', used.inputCachedTokens),
        amount('llm', 'output_tokens', used.outputTokens),
      ];
    case 'tts_usage':
      return [amount('tts', 'characters', used.charactersCount), amount('tts', 'audio_ms', used.audioDurationMs)];
    case 'stt_usage':
      return [amount('stt', 'audio_ms', used.audioDurationMs)];
    default:
      return [];
  }
}
