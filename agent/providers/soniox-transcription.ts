/**
 * `ws /transcribe-websocket` of Soniox (soniox.com/docs/stt/api-reference/websocket-api).
 *
 * Words come as tokens, pieces of words with their spaces. A token that may still change comes again with each message until
 * it is final; then it comes once. `<end>` says that the caller has finished a thought, `<fin>` that all up to here is final.
 *
 * The key goes into the header: from 15 January 2027 one in the first message is refused.
 */
import { z } from 'zod';
import { parseJson } from '../../shared/json.ts';
import { failed } from './recognition-line.ts';
import { type RecognitionProtocol, type Understood, Utterance, type Words } from './recognition-protocol.ts';
import type { SonioxListening } from './soniox.ts';

const title = 'Soniox';
const telephoneRateHz = 8_000;
const wideRateHz = 16_000;
const marks = new Set(['<end>', '<fin>']);

const tokenSchema = z.object({
  text: z.string(),
  is_final: z.boolean(),
  confidence: z.number().optional(),
  start_ms: z.number().optional(),
  end_ms: z.number().optional(),
  language: z.string().nullish(),
});
type Token = z.infer<typeof tokenSchema>;

const errorSchema = z.object({
  error_code: z.number(),
  error_type: z.string().default('no type'),
  error_message: z.string().default(''),
});
const messageSchema = z.union([errorSchema, z.object({ tokens: z.array(tokenSchema) })]);

export function transcription({ apiKey, baseUrl, model, language, options }: SonioxListening): RecognitionProtocol {
  const sampleRateHz = options.upsample_audio ? wideRateHz : telephoneRateHz;
  const hints = options.language_hints.length === 0 ? [language.slice(0, 2)] : options.language_hints;
  const opening = {
    model,
    audio_format: 'pcm_s16le',
    sample_rate: sampleRateHz,
    num_channels: 1,
    language_hints: hints,
    language_hints_strict: options.language_hints_strict,
    enable_language_identification: hints.length > 1,
    enable_endpoint_detection: options.enable_endpoint_detection,
    ...(options.enable_endpoint_detection ? { max_endpoint_delay_ms: options.silence_duration_ms } : {}),
    context: options.context,
  };
  return {
    title,
    provider: 'soniox',
    model,
    url: new URL(`${baseUrl}/transcribe-websocket`),
    headers: { authorization: `Bearer ${apiKey}` },
    sampleRateHz,
    opening: JSON.stringify(opening),
    keepAlive: '{"type":"keepalive"}',
    finalize: '{"type":"finalize"}',
    farewell: new Uint8Array(),
    reader: () => reader(language, options.enable_endpoint_detection),
  };
}

/** @param endpoints whether `<end>` will come; without it, words are final as soon as nothing in them may change */
function reader(language: string, endpoints: boolean): (message: string) => readonly Understood[] {
  const utterance = new Utterance();
  let settled: Token[] = [];
  const finish = (): Understood[] => {
    const words = wordsOf(settled, language);
    settled = [];
    return [...(words === undefined ? [] : utterance.words('final', words)), ...utterance.end()];
  };
  return (message) => {
    const { data } = messageSchema.safeParse(parseJson(message));
    if (data === undefined) return [];
    if ('error_code' in data) throw refused(data);
    const told: Understood[] = [];
    for (const token of data.tokens.filter(({ is_final }) => is_final)) {
      if (marks.has(token.text)) told.push(...finish());
      else settled.push(token);
    }
    const open = data.tokens.filter(({ is_final }) => !is_final);
    const words = wordsOf([...settled, ...open], language);
    if (words === undefined) return told;
    const last = !endpoints && open.length === 0 ? finish() : utterance.words('interim', words);
    return [...told, ...last];
  };
}

function refused({ error_code, error_type, error_message }: z.infer<typeof errorSchema>) {
  return failed({ title }, error_code, { why: error_type, said: error_message });
}

/** Undefined for no words. The text is not touched but for the space around it: joiners inside Persian words stay. */
function wordsOf(tokens: readonly Token[], otherwise: string): Words | undefined {
  const text = tokens
    .map((token) => token.text)
    .join('')
    .trim();
  if (text === '') return undefined;
  const endMs = tokens.at(-1)?.end_ms;
  const known = tokens.flatMap(({ confidence }) => confidence ?? []);
  return {
    text,
    language: tokens.find((token) => token.language)?.language ?? otherwise,
    startS: (tokens[0]?.start_ms ?? 0) / 1_000,
    endS: endMs === undefined ? undefined : endMs / 1_000,
    confidence: known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length,
  };
}
