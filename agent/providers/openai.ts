import { LLM } from '@livekit/agents-plugin-openai';
import { z } from 'zod';
import { OpenAiSpeech } from './openai-speech.ts';
import { type Provider, service } from './provider.ts';

/** Always given: left out, the OpenAI client reads OPENAI_BASE_URL, a tenant's words would go wherever that points. */
const ownAddress = 'https://api.openai.com/v1';

const chatOptions = z.strictObject({
  temperature: z.number().min(0).max(2).optional(),
  max_completion_tokens: z.int().min(1).max(4096).optional(),
});
const speechOptions = z.strictObject({
  /** How to speak: tone, pace, mood. */
  instructions: z.string().max(2000).optional(),
  speed: z.number().min(0.25).max(4).default(1),
});

export const openai: Provider = {
  name: 'openai',

  llm: service(
    chatOptions,
    (choice, options, { apiKey }) =>
      new LLM({
        apiKey,
        model: choice.model,
        baseURL: choice.base_url ?? ownAddress,
        ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
        ...(options.max_completion_tokens === undefined ? {} : { maxCompletionTokens: options.max_completion_tokens }),
      }),
  ),

  tts: service(
    speechOptions,
    (choice, options, { apiKey }) =>
      new OpenAiSpeech({
        apiKey,
        model: choice.model,
        voice: choice.voice,
        baseUrl: choice.base_url ?? ownAddress,
        speed: options.speed,
        instructions: options.instructions,
      }),
  ),
};
