/**
 * What every worker under test is asked to do: the same words, the same silence, the same delays of the stand-ins. What is
 * left of the time between a caller's last word and the agent's first sound is the worker's own.
 */
import type { ScriptInput } from '../dev/providers/script.ts';

export const scenario = {
  language: 'en',
  instructions: 'You answer the phone of Harbor Pizza. You speak English, in one or two short sentences at a time.',
  greeting: 'Harbor Pizza, good evening. How can I help?',
  question: 'What time do you close tonight?',
  /** One sentence of 16 words. */
  answer: 'We close at eleven tonight, and the kitchen takes the last orders at half past ten.',
  /** From the end of an answer to the next question. */
  pauseMs: 1_500,
  /** Callers do not ask in step: the first pause of each is longer by its share of this. */
  spreadMs: 1_500,
  sttFinalMs: 150,
  llmFirstTokenMs: 300,
  llmPerWordMs: 10,
  ttsFirstAudioMs: 100,
} as const;

const words = scenario.answer.split(' ').length;
/**
 * The whole sentence has to be there before it is spoken, and it is when the stream ends: behind the event without words, its
 * words, the one that says why it ends, the one with the usage, and the end itself.
 */
const llmMs = scenario.llmFirstTokenMs + (words + 3) * scenario.llmPerWordMs;

/**
 * From the caller's last word to the agent's first sound if nothing but silence and providers took time.
 *
 * @param endOfTurnMs silence after which the worker takes its turn
 */
export function fixedMs(endOfTurnMs: number): number {
  return Math.max(endOfTurnMs, scenario.sttFinalMs) + llmMs + scenario.ttsFirstAudioMs;
}

export const providerScript: ScriptInput = {
  endpointMs: scenario.sttFinalMs,
  rules: [
    {
      match: { kind: 'chat' },
      reply: scenario.answer,
      delayMs: scenario.llmFirstTokenMs,
      gapMs: scenario.llmPerWordMs,
    },
    { match: { kind: 'speech' }, delayMs: scenario.ttsFirstAudioMs },
  ],
};
