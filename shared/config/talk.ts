/** Who answers, what is said first, what when nothing works, and who speaks when. */
import { z } from 'zod';
import { audioUrl, destinationId, language, sentence, timezone } from './fields.ts';
import { phrases } from './phrases.ts';

const inLanguage = "Left out: a sentence in the agent's language.";

export const talkFields = {
  business: z
    .strictObject({
      name: sentence(120)
        .default('this business')
        .meta({
          description: 'As the agent says it. Left out: the name of the organisation.',
          examples: ['Harbor Pizza'],
        }),
      description: z
        .string()
        .max(2000)
        .default('')
        .meta({
          description: 'What the business is and does, for the agent.',
          examples: ['A pizzeria at the old harbour.'],
        }),
      timezone: timezone
        .default('UTC')
        .meta({ description: 'Time zone of the business: hours and local time are in it.', examples: ['Europe/Rome'] }),
    })
    .prefault({}),
  language: language.default('en').meta({ description: 'What the agent hears and speaks.', examples: ['it', 'pt-BR'] }),
  languages: z
    .array(language)
    .max(20)
    .default([])
    .meta({ description: 'Other languages to which the agent may switch in a call.', examples: [['en', 'fr']] }),
  greeting: z
    .strictObject({
      text: sentence(600)
        .default(phrases.en.greeting)
        .meta({
          description: `First thing that is said; a template. ${inLanguage}`,
          examples: ['Harbor Pizza, good evening!'],
        }),
      audio_url: audioUrl,
      interruptible: z
        .boolean()
        .default(true)
        .meta({ description: 'Whether the caller may talk into it.', examples: [false] }),
    })
    .prefault({}),
  instructions: z
    .string()
    .min(1)
    .max(20_000)
    .default('You answer the phone of {{business_name}}. Be friendly and brief. Say so when you do not know something.')
    .meta({
      description:
        'What the agent is told to be and do; a template with {{business_name}}, {{caller_number}}, {{called_number}}, ' +
        '{{local_time}}, {{language}} and {{custom_context.KEY}}.',
      examples: ['You take orders for {{business_name}}. It is {{local_time}}.'],
    }),
  apology: z
    .strictObject({
      text: sentence(300)
        .default(phrases.en.apology)
        .meta({
          description: `Said when every provider has failed. ${inLanguage}`,
          examples: ['Sorry, please call again.'],
        }),
      audio_url: audioUrl,
      action: z
        .enum(['end', 'message', 'transfer'])
        .default('end')
        .meta({
          description:
            'What follows: the call ends, the caller may leave a message, or is put through to `transfer_to`.',
          examples: ['transfer'],
        }),
      transfer_to: destinationId
        .nullable()
        .default(null)
        .meta({ description: 'Id of a destination of tools.transfer.', examples: ['front-desk'] }),
    })
    .prefault({}),
  turn: z
    .strictObject({
      min_endpointing_ms: z
        .int()
        .min(100)
        .max(5000)
        .default(500)
        .meta({
          description: "Shortest quiet after which the caller's turn may be over, from their last sound on.",
          examples: [600],
        }),
      max_endpointing_ms: z
        .int()
        .min(200)
        .max(10_000)
        .default(2500)
        .meta({ description: 'Longest quiet that is still waited for.', examples: [3000] }),
      preemptive: z
        .boolean()
        .default(false)
        .meta({
          description:
            'Whether the model is asked as soon as words are recognised and not only when the turn is over: its answer is there sooner, and guesses that the caller talks on from are billed as well.',
          examples: [true],
        }),
      interruptible: z
        .boolean()
        .default(true)
        .meta({ description: 'Whether the caller may talk into what the agent says.', examples: [false] }),
      min_interruption_ms: z
        .int()
        .min(100)
        .max(5000)
        .default(500)
        .meta({ description: 'Speech shorter than this does not interrupt: a cough, a yes.', examples: [700] }),
      silence_prompt_s: z
        .int()
        .min(0)
        .max(600)
        .default(20)
        .meta({
          description:
            'Silence after which the caller is asked once whether they are there, if not hung up on before; 0: never.',
          examples: [15],
        }),
      silence_prompt: sentence(300)
        .default(phrases.en.silencePrompt)
        .meta({ description: `What they are asked. ${inLanguage}`, examples: ['Hello? Are you there?'] }),
      caller_silent_s: z
        .int()
        .min(10)
        .max(3600)
        .default(120)
        .meta({
          description: 'A caller who says nothing for this long is hung up on; while the agent speaks does not count.',
          examples: [60],
        }),
      max_duration_s: z
        .int()
        .min(30)
        .max(14_400)
        .default(3600)
        .meta({ description: 'Longest call.', examples: [900] }),
    })
    .prefault({}),
  custom_context: z
    .record(z.string(), z.json())
    .default({})
    .meta({
      description: 'Menu, offers, address, anything: given to the agent as data beside its instructions.',
      examples: [{ menu: [{ name: 'Margherita', price: '9.50' }] }],
    }),
};
