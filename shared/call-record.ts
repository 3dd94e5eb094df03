/** What is kept of a call when it is over. */

/**
 * From the end of a question to the beginning of its answer, in ms; null: not measured. What is left of the whole is the
 * platform's own share.
 */
export interface TurnLatency {
  readonly total_ms: number;
  /** Until its words were known. */
  readonly stt_ms: number | null;
  /** Until it was taken to be over, its words included. */
  readonly turn_ms: number | null;
  /** Until the model's first word. */
  readonly llm_ms: number | null;
  /** Until the first sound of the voice. */
  readonly tts_ms: number | null;
}

/**
 * What `finish_call` keeps of a call. Times are milliseconds since the call was offered to the worker; of turns and transfers
 * in a call that another worker had before, since it was answered.
 */
export interface CallRecord {
  readonly turns: readonly {
    readonly role: 'caller' | 'agent';
    readonly text: string;
    readonly at_ms: number;
    /** Of answers that somebody waited for. */
    readonly latency?: TurnLatency;
  }[];
  readonly usage: readonly {
    readonly kind: 'stt' | 'llm' | 'tts' | 'realtime';
    readonly provider: string;
    readonly model: string;
    readonly unit:
      | 'audio_ms'
      | 'input_tokens'
      | 'cached_input_tokens'
      | 'output_tokens'
      | 'input_audio_tokens'
      | 'output_audio_tokens'
      | 'characters';
    readonly amount: number;
  }[];
  readonly timings: Readonly<Record<string, number>>;
  /** ISO 8601: a record that waited for the database tells of an end that was before; undefined: the call ends now. */
  readonly ended_at?: string;
  /** Which configuration the call had; null: it never had one. */
  readonly config: { readonly revision: number; readonly source: ConfigSource } | null;
  readonly transfers: readonly {
    readonly destination: string;
    readonly uri_kind: 'sip' | 'sips' | 'tel';
    readonly outcome: TransferOutcome;
    readonly at_ms: number;
  }[];
  /** Those that were used, or failed before they were of use; feeds their breakers. */
  readonly providers?: readonly { readonly provider: string; readonly outcome: 'ok' | 'failed' }[];
}

/**
 * `current`: as the database has it. `stale`: the database was away, this is what it last said. `last_good`: what is written
 * now does not pass its checks, this is the newest version that does.
 */
export type ConfigSource = 'current' | 'stale' | 'last_good';

export type TransferOutcome = 'connected' | 'busy' | 'no_answer' | 'refused' | 'unreachable' | 'failed' | 'caller_left';
