/** `POST /v1/speak`: Deepgram's Aura voices (developers.deepgram.com/reference/text-to-speech/speak-request). */
import type { z } from 'zod';
import type { deepgram as spec } from '../../shared/providers/deepgram.ts';
import type { Chosen } from './provider.ts';
import type { SpeechProtocol } from './sentence-speech.ts';

const sampleRateHz = 24_000;

export type DeepgramSpeaking = Chosen<z.output<typeof spec.tts.options>>;

export function aura({ apiKey, baseUrl, model, voice, language, options }: DeepgramSpeaking): SpeechProtocol {
  const url = new URL(`${baseUrl}/v1/speak`);
  // A voice is part of Deepgram's model name: aura-2 + andromeda + en.
  url.searchParams.set('model', `${model}-${voice}-${language.slice(0, 2)}`);
  url.searchParams.set('encoding', 'linear16');
  url.searchParams.set('container', 'none');
  url.searchParams.set('sample_rate', String(sampleRateHz));
  if (options.speed !== undefined) url.searchParams.set('speed', String(options.speed));
  const headers = { authorization: `Token ${apiKey}` };
  const request = (text: string) => ({ url, headers, body: { text } });
  return { title: 'Deepgram', provider: 'deepgram', model, sampleRateHz, request };
}
