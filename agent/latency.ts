/** Where the time between the end of a question and the beginning of its answer went. */
import type { llm } from '@livekit/agents';
import type { TurnLatency } from '../shared/call-record.ts';

type Measured = llm.ChatMessage['metrics'];

/**
 * @param question measured of what the caller said; undefined: the answer is to no question
 * @param answer measured of what the agent said
 * @returns undefined where there was nothing to wait for, or the answer was not heard
 */
export function latencyOf(question: Measured | undefined, answer: Measured): TurnLatency | undefined {
  const { e2eLatency: totalS, llmNodeTtft, ttsNodeTtfb } = answer;
  if (question === undefined || totalS === undefined) return undefined;
  const { transcriptionDelay, endOfTurnDelay } = question;
  // A model that was asked before the turn was over thought while the caller might still have talked on: nobody waited for that.
  const mostForModelS = totalS - (endOfTurnDelay ?? 0) - (ttsNodeTtfb ?? 0);
  return {
    total_ms: msOf(totalS) ?? 0,
    stt_ms: msOf(transcriptionDelay),
    turn_ms: msOf(endOfTurnDelay),
    llm_ms: msOf(llmNodeTtft === undefined ? undefined : Math.min(llmNodeTtft, mostForModelS)),
    tts_ms: msOf(ttsNodeTtfb),
  };
}

/** Null: not measured, as with a model that hears and speaks by itself. */
function msOf(seconds: number | undefined): number | null {
  return seconds === undefined ? null : Math.max(0, Math.round(seconds * 1000));
}
