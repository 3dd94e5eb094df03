/** When the business is there, what a caller gets who cannot be served, and what the platform's owner allows. */
import { z } from 'zod';
import { audioUrl, destinationId, sentence } from './fields.ts';
import { phrases } from './phrases.ts';

const inLanguage = "Left out: a sentence in the agent's language.";
const time = z.string().regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/, 'a time is HH:MM, from 00:00 to 24:00');
/** An end before its beginning is on the next day. */
const span = z
  .tuple([time, time])
  .refine(([from, to]) => from !== to && from !== '24:00', 'a span begins before it ends');
const day = z.array(span).max(6).default([]);

const weekly = z.strictObject({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day });
export type Weekly = z.infer<typeof weekly>;

const holiday = z.strictObject({
  date: z.iso.date().meta({ description: 'Day in the time zone of the business.', examples: ['2026-12-25'] }),
  name: z
    .string()
    .max(80)
    .default('')
    .meta({ description: 'For the agent.', examples: ['Christmas'] }),
  open: day.meta({ description: 'When it is open on that day all the same.', examples: [[['10:00', '13:00']]] }),
});
export type Holiday = z.infer<typeof holiday>;

export const policyFields = {
  hours: z
    .strictObject({
      weekly: weekly
        .nullable()
        .default(null)
        .meta({
          description: 'Opening hours by day; a day that is left out is closed; null: always open.',
          examples: [
            {
              mon: [
                ['09:00', '13:00'],
                ['14:00', '18:00'],
              ],
              fri: [['18:00', '02:00']],
            },
          ],
        }),
      holidays: z
        .array(holiday)
        .max(100)
        .default([])
        .meta({
          description: 'Days on which the weekly hours do not hold.',
          examples: [[{ date: '2026-12-25', name: 'Christmas' }]],
        }),
      closed: z
        .strictObject({
          action: z
            .enum(['answer', 'message', 'voicemail', 'forward', 'refuse'])
            .default('answer')
            .meta({
              description:
                'For a call outside of the hours. `answer`: the agent answers and knows. `message`: the text is said, the call ' +
                'ends. `voicemail`: the text is said, what the caller says is kept. `forward`: put through to `forward_to`. ' +
                '`refuse`: no agent and no line is taken, the caller gets what `refusal` says.',
              examples: ['voicemail'],
            }),
          text: sentence(600)
            .default(phrases.en.closed)
            .meta({
              description: `What such a caller hears; a template. ${inLanguage}`,
              examples: ['We open at nine.'],
            }),
          audio_url: audioUrl,
          forward_to: destinationId
            .nullable()
            .default(null)
            .meta({ description: 'Id of a destination of tools.transfer.', examples: ['on-call'] }),
        })
        .prefault({}),
    })
    .prefault({}),
  refusal: z
    .strictObject({
      action: z
        .enum(['busy', 'message', 'forward'])
        .default('busy')
        .meta({
          description:
            'What a caller gets who cannot be taken: a busy tone, a recorded sentence, or another number. None of them uses a ' +
            'provider.',
          examples: ['message'],
        }),
      audio_url: audioUrl.meta({
        description:
          'For `message`: address of a WAV or MP3 file (at most 2 MB, of which 20 s are played); null: a sentence that is ' +
          "shipped in the agent's language, or in English.",
        examples: ['https://files.example.com/all-busy.wav'],
      }),
      to: z
        .string()
        .regex(/^(\+[1-9][0-9]{6,14}|[0-9]{2,15})$/, 'a number with + and country code, or as the exchange dials it')
        .nullable()
        .default(null)
        .meta({
          description: 'For `forward`: a number or an extension that the exchange dials in place of this one.',
          examples: ['+390698765432'],
        }),
      most_at_once: z
        .int()
        .min(1)
        .max(20)
        .default(2)
        .meta({
          description:
            'So many callers of a number at once hear the sentence or are forwarded; the others get a busy tone.',
          examples: [5],
        }),
    })
    .prefault({}),
  recording: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .meta({
          description: 'Keeps the sound of calls that the agent takes, from the sentence of consent on.',
          examples: [true],
        }),
      consent: sentence(300)
        .default(phrases.en.consent)
        .meta({
          description: `Said to the caller first of all, before the recording begins. ${inLanguage}`,
          examples: ['We record this call.'],
        }),
      retention_days: z
        .int()
        .min(1)
        .max(3650)
        .default(30)
        .meta({ description: 'Kept for so long.', examples: [90] }),
    })
    .prefault({}),
  limits: z
    .strictObject({
      tool_calls: z
        .int()
        .min(0)
        .max(500)
        .default(50)
        .meta({ description: 'Most times that the agent may use its tools in one call.', examples: [20] }),
      tickets: z
        .int()
        .min(0)
        .max(50)
        .default(3)
        .meta({ description: 'Most tickets and messages of one call.', examples: [1] }),
    })
    .prefault({}),
  owner: z
    .strictObject({
      private_hosts: z
        .array(z.string().min(1).max(253))
        .max(100)
        .default([])
        .meta({
          description: 'Hosts on the inside (loopback, private ranges) that tenants may name nevertheless, with port.',
          examples: [['10.0.0.7:8080']],
        }),
      platform_keys: z
        .boolean()
        .default(false)
        .meta({
          description: "Whether a tenant without a key of its own uses the platform's.",
          examples: [true],
        }),
    })
    .prefault({}),
};
