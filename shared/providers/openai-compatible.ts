import { z } from 'zod';
import { chatOptions, likelyWords } from './openai.ts';
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
      prompt: likelyWords,
    }),
  },
  llm: {
    defaultModel: null,
    models: {},
    otherModels: text,
    defaultVoice: null,
    options: chatOptions,
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
