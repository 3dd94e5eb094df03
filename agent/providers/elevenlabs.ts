import type { z } from 'zod';
import { elevenlabs as spec } from '../../shared/providers/elevenlabs.ts';
import { probeSpeech } from './probe-speech.ts';
import { type Chosen, provider } from './provider.ts';
import { SentenceSpeech, type SpeechProtocol } from './sentence-speech.ts';

const sampleRateHz = 24_000;

type Speaking = Chosen<z.output<typeof spec.tts.options>>;

export const elevenlabs = provider(spec, {
  tts: {
    build: (chosen) => new SentenceSpeech(speaking(chosen)),
    probe: (chosen) => probeSpeech(speaking(chosen)),
  },
});

/** The others refuse to be told a language, and take it from the text. */
const toldTheLanguage = new Set(['eleven_flash_v2_5', 'eleven_turbo_v2_5']);

/** `POST /text-to-speech/:voice/stream` (elevenlabs.io/docs/api-reference/text-to-speech/stream). */
function speaking({ apiKey, baseUrl, model, voice, language, options }: Speaking): SpeechProtocol {
  const url = new URL(`${baseUrl.replace(/^ws/, 'http')}/text-to-speech/${encodeURIComponent(voice)}/stream`);
  url.searchParams.set('output_format', `pcm_${sampleRateHz}`);
  const language_code = toldTheLanguage.has(model) ? language.slice(0, 2) : undefined;
  const request = (text: string) => ({
    url,
    headers: { 'xi-api-key': apiKey },
    body: { text, model_id: model, voice_settings: options, language_code },
  });
  return { title: 'ElevenLabs', provider: 'elevenlabs', model, sampleRateHz, request };
}
