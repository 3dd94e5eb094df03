import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

/** elevenlabs.io/docs/overview/models; Persian is spoken by v3 alone. */
const multilingual = 'en ja zh de hi fr ko pt it es id nl tr fil pl sv bg ro ar cs el fi hr ms sk da ta uk ru'.split(
  ' ',
);
const speech = { streaming: true, sampleRateHz: 24_000 } as const;
const flash: ModelSpec = { ...speech, languages: [...multilingual, 'hu', 'no', 'vi'] };

const share = z.number().min(0).max(1).optional();

export const elevenlabs = providerSpec({
  name: 'elevenlabs',
  title: 'ElevenLabs',
  key: 'needed',
  environment: ['ELEVEN_API_KEY', 'ELEVENLABS_API_KEY'],
  address: 'https://api.elevenlabs.io/v1',
  prices: 'https://elevenlabs.io/pricing/api',
  tts: {
    defaultModel: 'eleven_flash_v2_5',
    models: {
      eleven_flash_v2_5: flash,
      eleven_turbo_v2_5: flash,
      eleven_flash_v2: { ...speech, languages: ['en'] },
      eleven_multilingual_v2: { ...speech, languages: multilingual },
      eleven_v3: { ...speech, languages: 'any' },
    },
    otherModels: null,
    /** A voice is an id, as the page of the voice shows it. */
    defaultVoice: 'bIHbv24MWmeRgasZH58o',
    options: z.strictObject({
      stability: share.meta({ description: 'Low is livelier, high is steadier.', examples: [0.5] }),
      similarity_boost: share.meta({ description: 'How close it stays to the original voice.', examples: [0.75] }),
      style: share.meta({ description: 'How much it plays; each bit costs time.', examples: [0] }),
      use_speaker_boost: z
        .boolean()
        .optional()
        .meta({ description: 'Closer to the original voice, slower.', examples: [true] }),
      speed: z
        .number()
        .min(0.7)
        .max(1.2)
        .optional()
        .meta({ description: '1 is as it comes.', examples: [1.1] }),
    }),
  },
});
