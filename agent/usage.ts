/**
 * What a call used, under the names of its configuration: a plugin would call OpenAI by the host of its base URL.
 *
 * Each service is listened to itself, because only there a measure belongs to one provider and model for certain, also when
 * another one took over in mid-answer; what the session hears is not all, and some of it twice.
 */
import { metrics } from '@livekit/agents';
import type { CallRecord } from '../shared/call-record.ts';
import type { BuiltService } from './providers/index.ts';
import type { CallServices } from './services.ts';

type Usage = CallRecord['usage'][number];

interface Meter {
  readonly kind: Usage['kind'];
  readonly provider: string;
  readonly model: string;
  readonly collector: metrics.ModelUsageCollector;
}

export class UsageMeter {
  readonly #meters: Meter[] = [];

  count(services: CallServices): void {
    if (services.mode === 'pipeline') for (const each of services.built) this.#count(each);
    else
      for (const { placed, model, service } of services.built)
        service.onMetrics = this.#meter('realtime', placed.choice.provider, model);
  }

  /** Each provider, model and unit once, without what was not used. */
  amounts(): CallRecord['usage'] {
    const sums = new Map<string, Usage>();
    for (const usage of this.#meters.flatMap(amountsOf)) {
      const key = JSON.stringify([usage.kind, usage.provider, usage.model, usage.unit]);
      sums.set(key, { ...usage, amount: usage.amount + (sums.get(key)?.amount ?? 0) });
    }
    return [...sums.values()].filter(({ amount }) => amount > 0);
  }

  #count({ placed, model, service }: BuiltService<'stt' | 'llm' | 'tts'>): void {
    const collect = this.#meter(placed.kind, placed.choice.provider, model);
    const onMetrics = (measured: metrics.AgentMetrics) => {
      // A sentence that gave no sound was not spoken, and is not paid for.
      if (measured.type !== 'tts_metrics' || measured.audioDurationMs > 0) collect(measured);
    };
    service.on('metrics_collected', onMetrics);
  }

  #meter(kind: Usage['kind'], provider: string, model: string): (measured: metrics.AgentMetrics) => void {
    const collector = new metrics.ModelUsageCollector();
    this.#meters.push({ kind, provider, model, collector });
    return (measured) => collector.collect(measured);
  }
}

function amountsOf({ kind, provider, model, collector }: Meter): Usage[] {
  const amount = (unit: Usage['unit'], value: number | undefined): Usage => {
    return { kind, provider, model, unit, amount: value ?? 0 };
  };
  return collector.flatten().flatMap((used) => {
    switch (used.type) {
      case 'llm_usage':
        return [
          amount('input_tokens', used.inputTokens),
          amount('cached_input_tokens', used.inputCachedTokens),
          amount('output_tokens', used.outputTokens),
          // Only of a model that hears and speaks, and among its other tokens.
          amount('input_audio_tokens', used.inputAudioTokens),
          amount('output_audio_tokens', used.outputAudioTokens),
        ];
      case 'tts_usage':
        return [amount('characters', used.charactersCount), amount('audio_ms', used.audioDurationMs)];
      case 'stt_usage':
        return [amount('audio_ms', used.audioDurationMs)];
      default:
        return [];
    }
  });
}
