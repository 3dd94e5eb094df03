import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

const listening = { streaming: true, sampleRateHz: 16_000 } as const;
/** developers.deepgram.com/docs/models-languages-overview; `multi` hears ten of them mixed. */
const nova3: ModelSpec = {
  ...listening,
  languages:
    'ar be bg bn bs ca cs da de el en es et fa fi fr he hi hr hu id it ja kn ko lt lv mk mr ms nl no pl pt ro ru sk sl sr sv ta te th tl tr uk ur vi zh multi'.split(
      ' ',
    ),
  options: ['smart_format', 'numerals', 'keyterms'],
};
/** Flux decides itself when a turn is over (developers.deepgram.com/docs/flux). */
const fluxOptions = ['keyterms', 'eot_threshold', 'eot_timeout_ms'];
const fluxMulti = ['en', 'es', 'fr', 'de', 'hi', 'ru', 'pt', 'ja', 'it', 'nl'];
const aura2: ModelSpec = {
  languages: ['en', 'es', 'de', 'fr', 'it', 'nl', 'ja'],
  streaming: true,
  sampleRateHz: 24_000,
};

export const deepgram = providerSpec({
  name: 'deepgram',
  title: 'Deepgram',
  key: 'needed',
  environment: ['DEEPGRAM_API_KEY'],
  address: 'https://api.deepgram.com',
  prices: 'https://deepgram.com/pricing',
  stt: {
    defaultModel: 'nova-3',
    models: {
      'nova-3': nova3,
      'flux-general-en': { ...listening, languages: ['en'], options: fluxOptions },
      'flux-general-multi': { ...listening, languages: fluxMulti, options: fluxOptions },
    },
    otherModels: { ...listening, languages: 'any', options: ['smart_format', 'numerals', 'keyterms'] },
    defaultVoice: null,
    options: z.strictObject({
      smart_format: z
        .boolean()
        .default(true)
        .meta({ description: 'Writes dates and amounts as people do.', examples: [true] }),
      numerals: z
        .boolean()
        .default(false)
        .meta({ description: 'Writes numbers as digits.', examples: [true] }),
      keyterms: z
        .array(z.string().min(1).max(100))
        .max(100)
        .default([])
        .meta({ description: 'Words that are likely in this business.', examples: [['Margherita', 'Diavola']] }),
      eot_threshold: z
        .number()
        .min(0.5)
        .max(0.9)
        .optional()
        .meta({ description: 'How sure Flux must be that a turn is over; 0.7 when left out.', examples: [0.8] }),
      eot_timeout_ms: z
        .int()
        .min(500)
        .max(10_000)
        .optional()
        .meta({ description: 'Silence after which a turn is over for Flux in any case.', examples: [3000] }),
    }),
  },
  tts: {
    defaultModel: 'aura-2',
    models: { 'aura-2': aura2 },
    otherModels: null,
    defaultVoice: 'andromeda',
    options: z.strictObject({
      speed: z
        .number()
        .min(0.7)
        .max(1.5)
        .optional()
        .meta({ description: '1 is as it comes.', examples: [1.1] }),
    }),
  },
});
