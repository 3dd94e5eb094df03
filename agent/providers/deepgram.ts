import { STT, TTS } from '@livekit/agents-plugin-deepgram';
import { deepgram as spec } from '../../shared/providers/deepgram.ts';
import { probeHttp, probeSignal } from './probe.ts';
import { type Chosen, provider } from './provider.ts';

export const deepgram = provider(spec, {
  stt: {
    build: ({ apiKey, baseUrl, model, language, options }) =>
      new STT({
        apiKey,
        language,
        model,
        smartFormat: options.smart_format,
        numerals: options.numerals,
        keyterm: options.keyterms,
        baseUrl: baseUrl.replace(/^http/, 'ws'),
      }),
    probe: probeKey,
  },

  /** A voice is part of Deepgram's model name: aura-2 + andromeda + en. */
  tts: {
    build: ({ apiKey, baseUrl, model, voice, language, options }) =>
      new TTS({
        apiKey,
        model: `${model}-${voice}-${language.slice(0, 2)}`,
        baseUrl,
        ...(options.speed === undefined ? {} : { speed: options.speed }),
      }),
    probe: probeKey,
  },
});

function probeKey({ apiKey, baseUrl, model }: Chosen) {
  const request = () =>
    fetch(`${baseUrl.replace(/^ws/, 'http')}/v1/auth/token`, {
      headers: { authorization: `Token ${apiKey}` },
      signal: probeSignal(),
    });
  return probeHttp(spec.title, model, request);
}
