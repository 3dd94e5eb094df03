import { expect, test } from 'vitest';
import { latencyOf } from '../../../agent/latency.ts';

const question = { transcriptionDelay: 0.15, endOfTurnDelay: 0.5 };

test('a caller waits for the end of the turn, then for the model, then for the voice (R5.4)', () => {
  const answer = { e2eLatency: 0.93, llmNodeTtft: 0.3, ttsNodeTtfb: 0.1 };
  expect(latencyOf(question, answer)).toEqual({ total_ms: 930, stt_ms: 150, turn_ms: 500, llm_ms: 300, tts_ms: 100 });
});

test('nobody waits for a model that has thought before the turn was over (R5.4)', () => {
  const answer = { e2eLatency: 0.63, llmNodeTtft: 0.3, ttsNodeTtfb: 0.1 };
  expect(latencyOf(question, answer)).toMatchObject({ total_ms: 630, turn_ms: 500, llm_ms: 30, tts_ms: 100 });
  expect(latencyOf(question, { ...answer, e2eLatency: 0.59 })).toMatchObject({ llm_ms: 0 });
});

test('a model that hears and speaks by itself has no first word of its own (R5.4)', () => {
  expect(latencyOf(question, { e2eLatency: 0.8 })).toMatchObject({ total_ms: 800, llm_ms: null, tts_ms: null });
});

test('a greeting is an answer to nothing (R5.4)', () => {
  expect(latencyOf(undefined, { e2eLatency: 0.8 })).toBeUndefined();
});
