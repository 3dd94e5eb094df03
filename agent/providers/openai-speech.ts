/** `POST /audio/speech` of OpenAI and of servers like it (platform.openai.com/docs/api-reference/audio/createSpeech). */
import type { SpeechProtocol } from './sentence-speech.ts';

export interface OpenAiSpeaking {
  readonly title: string;
  readonly provider: string;
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly voice: string;
  /** Of the PCM that comes. */
  readonly sampleRateHz: number;
  readonly speed: number;
  readonly instructions?: string | undefined;
}

export function openAiSpeech(speaking: OpenAiSpeaking): SpeechProtocol {
  const { title, provider, model, sampleRateHz, apiKey, baseUrl, voice, speed, instructions } = speaking;
  const url = new URL(`${baseUrl}/audio/speech`);
  const headers = { authorization: `Bearer ${apiKey}` };
  const request = (input: string) => ({
    url,
    headers,
    body: { input, model, voice, speed, instructions, response_format: 'pcm' },
  });
  return { title, provider, model, sampleRateHz, request };
}
