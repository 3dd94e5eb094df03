import { LLM } from '@livekit/agents-plugin-openai';
import { OpenAI } from 'openai';
import { openai as spec } from '../../shared/providers/openai.ts';
import { impatientFetch } from './impatient-fetch.ts';
import { OpenAiSpeech } from './openai-speech.ts';
import { probeHttp, probeSignal } from './probe.ts';
import { type Chosen, provider } from './provider.ts';

/** gpt-4.1-mini begins within 2 s; to a caller, longer silence than this is a failure. */
const chatFetch = impatientFetch('OpenAI chat', { firstByteMs: 8_000, nextByteMs: 5_000 });

/** The plugin's own client prints what it cannot read, a caller's words among it, to the console. */
function chatClient(apiKey: string, baseURL: string): OpenAI {
  // The session tries a failed answer again itself, and counts the tries.
  return new OpenAI({ apiKey, baseURL, fetch: chatFetch, maxRetries: 0, logLevel: 'off' });
}

export const openai = provider(spec, {
  llm: {
    build: ({ apiKey, baseUrl, model, options }) =>
      new LLM({
        client: chatClient(apiKey, baseUrl),
        model,
        ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
        ...(options.max_completion_tokens === undefined ? {} : { maxCompletionTokens: options.max_completion_tokens }),
      }),
    probe: probeModel,
  },

  tts: {
    build: ({ apiKey, baseUrl, model, voice, options }) =>
      new OpenAiSpeech({ apiKey, baseUrl, model, voice, speed: options.speed, instructions: options.instructions }),
    probe: probeModel,
  },
});

/** Asking for the model costs nothing and shows key, address and model. */
function probeModel({ apiKey, baseUrl, model }: Chosen) {
  const request = () =>
    fetch(`${baseUrl}/models/${encodeURIComponent(model)}`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: probeSignal(),
    });
  return probeHttp(spec.title, model, request);
}
