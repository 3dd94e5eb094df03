import { LLM } from '@livekit/agents-plugin-openai';
import { OpenAI } from 'openai';
import { z } from 'zod';
import { impatientFetch } from './impatient-fetch.ts';
import { OpenAiSpeech } from './openai-speech.ts';
import { type Provider, service } from './provider.ts';

/** Always given: left out, the OpenAI client reads OPENAI_BASE_URL, a tenant's words would go wherever that points. */
const ownAddress = 'https://api.openai.com/v1';

/** gpt-4.1-mini begins within 2 s; to a caller, longer silence than this is a failure. */
const chatFetch = impatientFetch('OpenAI chat', { firstByteMs: 8_000, nextByteMs: 5_000 });

/** The plugin's own client prints what it cannot read, a caller's words among it, to the console. */
function chatClient(apiKey: string, baseURL: string): OpenAI {
  // The session tries a failed answer again itself, and counts the tries.
  return new OpenAI({ apiKey, baseURL, fetch: chatFetch, maxRetries: 0, logLevel: 'off' });
}

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
        client: chatClient(apiKey, choice.base_url ?? ownAddress),
        model: choice.model,
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
