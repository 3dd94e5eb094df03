/** What the stand-ins are told to do: rules that match a request and say what comes back, how slowly, and what breaks. */
import { z } from 'zod';
import { languages } from './speech/language.ts';
import { utteranceSchema } from './utterances.ts';

/**
 * `chat` and `speak`/`speech` answer, `listen` and `transcribe` hear, `realtime` is a line that does both and `respond` one
 * answer on it; a new protocol adds its word here.
 */
export const kinds = ['chat', 'models', 'speech', 'listen', 'speak', 'transcribe', 'realtime', 'respond'] as const;
export type Kind = (typeof kinds)[number];

const pattern = z.string().transform((source, context) => {
  try {
    return new RegExp(source, 'iu');
  } catch (thrown) {
    context.addIssue({ code: 'custom', message: `not a regular expression: ${String(thrown)}` });
    return z.NEVER;
  }
});

const ms = z.number().int().min(0).max(600_000);
const afterChunks = z.number().int().min(0).default(1);

const faultSchema = z.discriminatedUnion('type', [
  /** Refused with an HTTP status and the provider's own error body. */
  z.strictObject({
    type: z.literal('status'),
    status: z.literal([400, 401, 402, 429, 500, 503]),
    retryAfterS: z.number().int().positive().optional(),
    /** The provider's own word where a status has several, such as `insufficient_quota` for OpenAI's 429. */
    code: z.string().optional(),
  }),
  /** The connection is cut after so many chunks or messages. */
  z.strictObject({ type: z.literal('cut'), afterChunks }),
  /** Something that is not the protocol is sent after so many chunks or messages; the answer then goes on. */
  z.strictObject({ type: z.literal('malformed'), afterChunks }),
  /** The request is taken and never answered. */
  z.strictObject({ type: z.literal('silence') }),
]);
export type Fault = z.infer<typeof faultSchema>;
export type StatusFault = Extract<Fault, { type: 'status' }>;

export const ruleSchema = z.strictObject({
  /**
   * All that is given must match; an empty match matches every request. A websocket is one request: it is matched when it
   * opens, before a word was said, and the rule holds as long as it is open.
   */
  match: z
    .strictObject({
      provider: z.string().optional(),
      kind: z.enum(kinds).optional(),
      key: z.string().optional(),
      language: z.enum(languages).optional(),
      /** Regular expressions, case ignored, on the last user words (the text to speak) and on the system prompt. */
      user: pattern.optional(),
      system: pattern.optional(),
      /** Whose turn is answered: the caller's, or that of a tool that was called. */
      after: z.enum(['user', 'tool']).optional(),
    })
    .default({}),
  /** How often the rule serves; without it, for ever. */
  times: z.number().int().positive().optional(),
  /** Chat: the answer. Listen: what is understood, whatever was said. Others ignore it. */
  reply: z.string().optional(),
  toolCall: z.strictObject({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }).optional(),
  /** Before the first chunk or message, in ms. */
  delayMs: ms.default(0),
  /** Between chunks or messages, in ms. */
  gapMs: ms.default(0),
  fault: faultSchema.optional(),
});
export type Rule = z.infer<typeof ruleSchema>;

export const scriptSchema = z.strictObject({
  rules: z.array(ruleSchema).default([]),
  /** Sentences to know in addition to utterances.json. */
  utterances: z.array(utteranceSchema).default([]),
  /** Silence after which a recognised utterance is final, in ms. */
  endpointMs: ms.default(150),
});
export type Script = z.infer<typeof scriptSchema>;
/** A script as it is written: defaults may be left out, patterns are text. */
export type ScriptInput = z.input<typeof scriptSchema>;

/** What is known of a request when the script is asked. */
export interface Asked {
  readonly provider: string;
  readonly kind: Kind;
  readonly key: string;
  readonly language?: string | undefined;
  readonly user?: string | undefined;
  readonly system?: string | undefined;
  readonly toolResult?: string | undefined;
}

/** How one request is to be answered. */
export type Cue = Pick<Rule, 'reply' | 'toolCall' | 'delayMs' | 'gapMs' | 'fault'>;

export function matches({ match }: Rule, asked: Asked): boolean {
  return (
    (match.provider ?? asked.provider) === asked.provider &&
    (match.kind ?? asked.kind) === asked.kind &&
    (match.key ?? asked.key) === asked.key &&
    (match.language ?? asked.language) === asked.language &&
    (match.user?.test(asked.user ?? '') ?? true) &&
    (match.system?.test(asked.system ?? '') ?? true) &&
    (match.after === undefined || match.after === (asked.toolResult === undefined ? 'user' : 'tool'))
  );
}
