/**
 * The DID file format: which keys a `{DID}.json` may have, and where each of them goes in the configuration of an agent. The
 * table of docs/did-files.md is written from here.
 */
import { z } from 'zod';
import type { JsonValue } from '../../shared/merge.ts';

const text = z.string().min(1);

/** Types alone: ranges and names are checked where the value goes. */
export const didFileSchema = z
  .strictObject({
    restaurant_name: text,
    restaurant_id: z.union([text, z.int()], 'a text or a whole number is wanted').transform(String),
    description: z.string(),
    backend_url: text,
    openai: z
      .strictObject({ model: text, voice: text, temperature: z.number(), welcome_message: text, intro: text })
      .partial(),
    soniox: z
      .strictObject({
        enabled: z.boolean(),
        model: text,
        language_hints: z.array(text),
        upsample_audio: z.boolean(),
        silence_duration_ms: z.number(),
      })
      .partial(),
    custom_context: z.record(z.string(), z.json()),
  })
  .partial();
export type DidFile = z.infer<typeof didFileSchema>;

/** Whether the organisation is said from outside, so that the file's own word for it is only data. */
export interface DidScope {
  readonly organizationGiven: boolean;
}

type Placed = readonly [path: string, value: JsonValue | undefined];

export interface DidField {
  readonly key: string;
  /** Every path in the agent's configuration where it may go. */
  readonly becomes: readonly string[];
  readonly note: string;
  place(file: DidFile, scope: DidScope): readonly Placed[];
}

/** A speech-to-speech model takes the place of three services. */
export function isRealtime({ openai }: DidFile): boolean {
  return openai?.model?.includes('realtime') ?? false;
}

export const didFields: readonly DidField[] = [
  {
    key: 'restaurant_name',
    becomes: ['business.name'],
    note: 'Also the label of a new number and the name of a new organisation.',
    place: (file) => [['business.name', file.restaurant_name]],
  },
  {
    key: 'restaurant_id',
    becomes: ['custom_context.restaurant_id'],
    note: 'The tenant key of the organisation; with --organization it is kept as data.',
    place: (file, { organizationGiven }) =>
      organizationGiven ? [['custom_context.restaurant_id', file.restaurant_id]] : [],
  },
  {
    key: 'description',
    becomes: ['business.description'],
    note: '',
    place: (file) => [['business.description', file.description]],
  },
  {
    key: 'backend_url',
    becomes: ['backend.url'],
    note: 'Which actions there are is written in tools.actions.',
    place: (file) => [['backend.url', file.backend_url]],
  },
  {
    key: 'openai.model',
    becomes: ['mode', 'realtime.provider', 'realtime.model', 'llm.provider', 'llm.model'],
    note: 'With "realtime" in its name: the mode realtime and its model. Else the model of llm.',
    place: (file) =>
      isRealtime(file)
        ? [
            ['mode', 'realtime'],
            ['realtime.provider', 'openai'],
            ['realtime.model', file.openai?.model],
          ]
        : [
            ['llm.provider', 'openai'],
            ['llm.model', file.openai?.model],
          ],
  },
  {
    key: 'openai.voice',
    becomes: ['realtime.voice', 'tts.provider', 'tts.voice'],
    note: 'Of the realtime model, else of tts.',
    place: (file) =>
      isRealtime(file)
        ? [['realtime.voice', file.openai?.voice]]
        : [
            ['tts.provider', 'openai'],
            ['tts.voice', file.openai?.voice],
          ],
  },
  {
    key: 'openai.temperature',
    becomes: ['llm.provider', 'llm.options.temperature'],
    note: 'Realtime models take none: beside one it holds only once the mode is pipeline.',
    place: (file) => [
      ['llm.provider', 'openai'],
      ['llm.options.temperature', file.openai?.temperature],
    ],
  },
  {
    key: 'openai.welcome_message',
    becomes: ['greeting.text'],
    note: '',
    place: (file) => [['greeting.text', file.openai?.welcome_message]],
  },
  {
    key: 'openai.intro',
    becomes: ['instructions'],
    note: '',
    place: (file) => [['instructions', file.openai?.intro]],
  },
  {
    key: 'soniox.enabled',
    becomes: ['stt.provider'],
    note: 'Unless it is true, nothing of soniox is taken.',
    place: () => [['stt.provider', 'soniox']],
  },
  {
    key: 'soniox.model',
    becomes: ['stt.model'],
    note: '',
    place: (file) => [['stt.model', file.soniox?.model]],
  },
  {
    key: 'soniox.language_hints',
    becomes: ['language', 'languages', 'stt.options.language_hints'],
    note: 'The first one is what the agent speaks, the others are those it may switch to.',
    place: ({ soniox }) => {
      const [first, ...others] = soniox?.language_hints ?? [];
      return first === undefined
        ? []
        : [
            ['language', first],
            ['languages', others],
            ['stt.options.language_hints', [first, ...others]],
          ];
    },
  },
  {
    key: 'soniox.upsample_audio',
    becomes: ['stt.options.upsample_audio'],
    note: '',
    place: (file) => [['stt.options.upsample_audio', file.soniox?.upsample_audio]],
  },
  {
    key: 'soniox.silence_duration_ms',
    becomes: ['stt.options.silence_duration_ms'],
    note: '',
    place: (file) => [['stt.options.silence_duration_ms', file.soniox?.silence_duration_ms]],
  },
  {
    key: 'custom_context',
    becomes: ['custom_context'],
    note: 'Whatever is in it.',
    place: (file) => [['custom_context', file.custom_context]],
  },
];
