import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

const text: ModelSpec = { languages: 'any', streaming: true, sampleRateHz: null };
const recorded: ModelSpec = { languages: 'any', streaming: false, sampleRateHz: 16_000 };
const speech: ModelSpec = { languages: 'any', streaming: true, sampleRateHz: 24_000 };

/** Any server that speaks OpenAI's HTTP protocol, hosted or of one's own: vLLM, llama.cpp, Ollama, speaches, a gateway. */
export const openaiCompatible = providerSpec({
  name: 'openai-compatible',
  title: 'OpenAI-compatible server',
  key: 'optional',
  environment: [],
  address: null,
  prices: null,
  stt: {
    defaultModel: null,
    models: {},
    otherModels: recorded,
    defaultVoice: null,
    options: z.strictObject({
      prompt: z
        .string()
        .max(1000)
        .optional()
        .meta({ description: 'Words and names that are likely in this business.', examples: ['Diavola, Capricciosa'] }),
    }),
  },
  llm: {
    defaultModel: null,
    models: {},
    otherModels: text,
    defaultVoice: null,
    options: z.strictObject({
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
    }),
  },
  tts: {
    defaultModel: null,
    models: {},
    otherModels: speech,
    defaultVoice: 'alloy',
    options: z.strictObject({
      sample_rate_hz: z
        .int()
        .min(8_000)
        .max(48_000)
        .default(24_000)
        .meta({ description: 'Of the raw PCM that the server sends.', examples: [22_050] }),
      speed: z
        .number()
        .min(0.25)
        .max(4)
        .default(1)
        .meta({ description: '1 is as it comes.', examples: [1.1] }),
    }),
  },
});
