/**
 * `ws /v2/listen`: Deepgram's Flux models, which tell turns and not sentences (developers.deepgram.com/docs/flux/state).
 *
 * StartOfTurn → Update … → EndOfTurn. Its guesses of an end (EagerEndOfTurn) are not asked for: each would be an answer that
 * the tenant pays and the caller may never hear.
 */
import { z } from 'zod';
import { parseJson } from '../../shared/json.ts';
import type { DeepgramListening } from './deepgram.ts';
import { failed } from './recognition-line.ts';
import { type RecognitionProtocol, type Understood, Utterance, type Words } from './recognition-protocol.ts';

const title = 'Deepgram';
const sampleRateHz = 16_000;

const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('TurnInfo'),
    event: z.enum(['StartOfTurn', 'Update', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn']),
    audio_window_start: z.number(),
    audio_window_end: z.number(),
    transcript: z.string(),
    words: z.array(z.object({ confidence: z.number() })),
    /** Of flux-general-multi: those heard, the commonest first. */
    languages: z.array(z.string()).optional(),
  }),
  z.object({ type: z.literal('Error'), code: z.string(), description: z.string().optional() }),
]);
type TurnInfo = Extract<z.infer<typeof messageSchema>, { type: 'TurnInfo' }>;

export function flux({ apiKey, baseUrl, model, language, options }: DeepgramListening): RecognitionProtocol {
  const url = new URL(`${baseUrl}/v2/listen`);
  const params = {
    model,
    encoding: 'linear16',
    sample_rate: sampleRateHz,
    eot_threshold: options.eot_threshold,
    eot_timeout_ms: options.eot_timeout_ms,
    // The English model knows no hints.
    language_hint: model === 'flux-general-en' ? undefined : language,
  };
  for (const [name, value] of Object.entries(params))
    if (value !== undefined) url.searchParams.set(name, String(value));
  for (const term of options.keyterms) url.searchParams.append('keyterm', term);
  return {
    title,
    provider: 'deepgram',
    model,
    url,
    headers: { authorization: `Token ${apiKey}` },
    sampleRateHz,
    farewell: '{"type":"CloseStream"}',
    reader: () => reader(language),
  };
}

function reader(language: string): (message: string) => readonly Understood[] {
  const utterance = new Utterance();
  return (message) => {
    const { data } = messageSchema.safeParse(parseJson(message));
    if (data === undefined) return [];
    if (data.type === 'Error') throw failed({ title }, 500, { why: data.code });
    const ended = data.event === 'EndOfTurn';
    const began = data.event === 'StartOfTurn' ? utterance.begin() : [];
    const heard = data.transcript === '' ? [] : utterance.words(ended ? 'final' : 'interim', wordsOf(data, language));
    return [...began, ...heard, ...(ended ? utterance.end() : [])];
  };
}

function wordsOf(
  { transcript, words, languages, audio_window_start, audio_window_end }: TurnInfo,
  language: string,
): Words {
  return {
    text: transcript,
    language: languages?.[0] ?? language,
    startS: audio_window_start,
    endS: audio_window_end,
    confidence: words.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, words.length),
  };
}
