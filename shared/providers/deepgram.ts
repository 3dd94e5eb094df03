import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

const nova3: ModelSpec = {
  languages: [
    'en',
    'es',
    'fr',
    'de',
    'it',
    'pt',
    'nl',
    'hi',
    'ja',
    'ru',
    'sv',
    'da',
    'no',
    'fi',
    'pl',
    'tr',
    'uk',
    'multi',
  ],
  streaming: true,
  sampleRateHz: 16_000,
};
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
    models: { 'nova-3': nova3 },
    otherModels: { languages: 'any', streaming: true, sampleRateHz: 16_000 },
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
