/** What a call needs of a model that hears and speaks, beside what the library asks of it. */
import type { llm, metrics } from '@livekit/agents';

export interface CallRealtimeModel extends llm.RealtimeModel {
  /** Settles when the newest session's line to the provider stands, or has failed, which an `error` event of it then told. */
  readonly opened: Promise<void>;
  /** What the voice detector notices: only speech is sent, because silence is paid for and taken for words. */
  caller(now: 'speaks' | 'is quiet'): void;
  /** Words of the answer that is being spoken, as far as they have come. */
  readonly saying: string;
  /** Called when an answer was lost on its way and has to be asked for again. */
  onAnswerLost: () => void;
  /** Called with what each answer took. */
  onMetrics: (measured: metrics.RealtimeModelMetrics) => void;
}
