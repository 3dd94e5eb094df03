/** The plugin's language model, with a client of ours: its own reads the environment and prints what it cannot read. */
import { LLM } from '@livekit/agents-plugin-openai';
import { OpenAI } from 'openai';
import { impatientFetch } from './impatient-fetch.ts';
import type { Chosen, Provable } from './provider.ts';

/** gpt-4.1-mini begins within 2 s; to a caller, longer silence than this is a failure. */
const chatFetch = impatientFetch('chat', { firstByteMs: 8_000, nextByteMs: 5_000 });

interface ChatOptions {
  readonly temperature?: number | undefined;
  readonly max_completion_tokens?: number | undefined;
}

/** The plugin asks for the list of models once, to warm its line, and forgets the answer; it is told here. */
export class ChatModel extends LLM implements Provable {
  prove(signal: AbortSignal): Promise<void> {
    return this._prewarmImpl(signal);
  }
}

export function chatModel({ apiKey, baseUrl: baseURL, model, options }: Chosen<ChatOptions>): ChatModel {
  return new ChatModel({
    client: new OpenAI({
      apiKey,
      baseURL,
      // Left out, both are read from the environment.
      organization: null,
      project: null,
      fetch: chatFetch,
      // The session tries a failed answer again itself, and counts the tries.
      maxRetries: 0,
      // A caller's words must not be logged.
      logLevel: 'off',
    }),
    model,
    ...(options.temperature === undefined ? {} : { temperature: options.temperature }),
    ...(options.max_completion_tokens === undefined ? {} : { maxCompletionTokens: options.max_completion_tokens }),
  });
}

/** One word for one word, not streamed. */
export function requestChat({ apiKey, baseUrl, model }: Chosen, limit: object, signal: AbortSignal): Promise<Response> {
  return fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...limit }),
    signal,
  });
}
