import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

const text: ModelSpec = { languages: 'any', streaming: true, sampleRateHz: null };
const live: ModelSpec = { languages: 'any', streaming: true, sampleRateHz: 24_000 };
const recorded: ModelSpec = { languages: 'any', streaming: false, sampleRateHz: 16_000, options: ['prompt'] };
const speech: ModelSpec = { languages: 'any', streaming: true, sampleRateHz: 24_000 };

/** Of every server that speaks this protocol. */
export const likelyWords = z
  .string()
  .max(1000)
  .optional()
  .meta({ description: 'Words and names that are likely in this business.', examples: ['Diavola, Capricciosa'] });
export const chatOptions = z.strictObject({
  temperature: z
    .number()
    .min(0)
    .max(2)
    .optional()
    .meta({ description: 'Higher is more surprising.', examples: [0.4] }),
  max_completion_tokens: z
    .int()
    .min(1)
    .max(4096)
    .optional()
    .meta({ description: 'Longest answer.', examples: [300] }),
});

export const openai = providerSpec({
  name: 'openai',
  title: 'OpenAI',
  key: 'needed',
  environment: ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'],
  address: 'https://api.openai.com/v1',
  prices: 'https://openai.com/api/pricing',
  stt: {
    defaultModel: 'gpt-4o-transcribe',
    models: {
      'gpt-4o-transcribe': live,
      'gpt-4o-mini-transcribe': live,
      'gpt-realtime-whisper': live,
      'whisper-1': recorded,
    },
    otherModels: live,
    defaultVoice: null,
    options: z.strictObject({
      prompt: likelyWords,
      noise_reduction: z
        .enum(['near_field', 'far_field'])
        .optional()
        .meta({ description: 'Takes noise out first; for models that hear live.', examples: ['near_field'] }),
    }),
  },
  llm: {
    defaultModel: 'gpt-4.1-mini',
    models: { 'gpt-4.1': text, 'gpt-4.1-mini': text, 'gpt-4.1-nano': text, 'gpt-4o': text, 'gpt-4o-mini': text },
    otherModels: text,
    defaultVoice: null,
    options: chatOptions,
  },
  tts: {
    defaultModel: 'gpt-4o-mini-tts',
    models: { 'gpt-4o-mini-tts': speech, 'tts-1': speech, 'tts-1-hd': speech },
    otherModels: speech,
    defaultVoice: 'alloy',
    options: z.strictObject({
      instructions: z
        .string()
        .max(2000)
        .optional()
        .meta({ description: 'How to speak: tone, pace, mood.', examples: ['Warm and unhurried.'] }),
      speed: z
        .number()
        .min(0.25)
        .max(4)
        .default(1)
        .meta({ description: '1 is as it comes.', examples: [1.1] }),
    }),
  },
  realtime: {
    defaultModel: 'gpt-realtime',
    models: { 'gpt-realtime': live, 'gpt-realtime-mini': live },
    otherModels: live,
    defaultVoice: 'marin',
    options: z.strictObject({
      transcription_model: z
        .string()
        .min(1)
        .max(100)
        .default('gpt-4o-mini-transcribe')
        .meta({ description: 'Model that writes down what the caller says.', examples: ['gpt-4o-transcribe'] }),
      noise_reduction: z
        .enum(['near_field', 'far_field'])
        .optional()
        .meta({ description: 'Takes noise out before the model hears it.', examples: ['near_field'] }),
      speed: z
        .number()
        .min(0.25)
        .max(1.5)
        .default(1)
        .meta({ description: '1 is as it comes.', examples: [1.1] }),
    }),
  },
});
