import { z } from 'zod';
import { type ModelSpec, providerSpec } from './provider.ts';

/** One model for all of them (soniox.com/docs/stt/concepts/supported-languages). */
const listening: ModelSpec = {
  languages:
    'af sq ar az eu be bn bs bg ca zh hr cs da nl en et fi fr gl de el gu he hi hu id it ja kn kk ko lv lt mk ms ml mr no fa pl pt pa ro ru sr sk sl es sw sv tl ta te th tr uk ur vi cy'.split(
      ' ',
    ),
  streaming: true,
  sampleRateHz: 16_000,
};

const code = z.string().regex(/^[a-z]{2}$/, 'a language is two lower case letters, as in fa');

const options = z
  .strictObject({
    language_hints: z
      .array(code)
      .max(10)
      .default([])
      .meta({
        description: "Languages that callers speak, for better hearing; empty: the agent's own language.",
        examples: [['fa', 'en']],
      }),
    language_hints_strict: z
      .boolean()
      .default(false)
      .meta({ description: 'Hears no other languages than those of the hints.', examples: [true] }),
    enable_endpoint_detection: z
      .boolean()
      .default(true)
      .meta({
        description: 'Soniox itself hears when a thought is finished, and then settles its words.',
        examples: [false],
      }),
    silence_duration_ms: z
      .int()
      .min(500, 'Soniox takes 500 to 3000 ms')
      .max(3000, 'Soniox takes 500 to 3000 ms')
      .optional()
      .meta({
        description:
          "Longest silence after which what was said is settled, 500 to 3000 ms (Soniox's max_endpoint_delay_ms); 500 when left out. `turn` decides how long the agent waits after that.",
        examples: [800],
      }),
    upsample_audio: z
      .boolean()
      .default(true)
      .meta({
        description:
          'true: sound is sent at 16 kHz, at which it is heard here. false: at 8 kHz, as telephones carry it, which is half the data; a caller through a wideband codec then loses what lies above 4 kHz.',
        examples: [false],
      }),
    context: z
      .strictObject({
        general: z
          .array(z.strictObject({ key: z.string().min(1).max(100), value: z.string().min(1).max(500) }))
          .max(20)
          .optional(),
        text: z.string().max(8000).optional(),
        terms: z.array(z.string().min(1).max(100)).max(200).optional(),
      })
      .optional()
      .meta({
        description: 'What callers talk about: facts as pairs, free text, and words that are hard to hear.',
        examples: [{ general: [{ key: 'domain', value: 'Dentist' }], terms: ['implant', 'Dr. Ahmadi'] }],
      }),
  })
  .refine((given) => given.enable_endpoint_detection || given.silence_duration_ms === undefined, {
    path: ['silence_duration_ms'],
    message: 'has no meaning while enable_endpoint_detection is false',
  });

export const soniox = providerSpec({
  name: 'soniox',
  title: 'Soniox',
  key: 'needed',
  environment: ['SONIOX_API_KEY'],
  address: 'https://stt-rt.soniox.com',
  prices: 'https://soniox.com/pricing',
  stt: {
    defaultModel: 'stt-rt-v5',
    models: { 'stt-rt-v5': listening, 'stt-rt-v4': listening },
    otherModels: listening,
    defaultVoice: null,
    options,
  },
});
