import { STT, TTS } from '@livekit/agents-plugin-deepgram';
import { z } from 'zod';
import { type Provider, service } from './provider.ts';

const listenOptions = z.strictObject({
  smart_format: z.boolean().default(true),
  numerals: z.boolean().default(false),
  /** Words that are likely in this business. */
  keyterms: z.array(z.string().min(1).max(100)).max(100).default([]),
});
const speakOptions = z.strictObject({ speed: z.number().min(0.7).max(1.5).optional() });

export const deepgram: Provider = {
  name: 'deepgram',

  stt: service(
    listenOptions,
    (choice, options, { apiKey, language }) =>
      new STT({
        apiKey,
        language,
        model: choice.model,
        smartFormat: options.smart_format,
        numerals: options.numerals,
        keyterm: options.keyterms,
        ...(choice.base_url === undefined ? {} : { baseUrl: choice.base_url }),
      }),
  ),

  /** A voice is part of Deepgram's model name: aura-2 + andromeda + en. */
  tts: service(
    speakOptions,
    (choice, options, { apiKey, language }) =>
      new TTS({
        apiKey,
        model: `${choice.model}-${choice.voice}-${language.slice(0, 2)}`,
        ...(options.speed === undefined ? {} : { speed: options.speed }),
        ...(choice.base_url === undefined ? {} : { baseUrl: choice.base_url }),
      }),
  ),
};
