/** `ws /v1/listen`: Deepgram's Nova models (developers.deepgram.com/reference/speech-to-text/listen-streaming). */
import { z } from 'zod';
import { parseJson } from '../../shared/json.ts';
import type { DeepgramListening } from './deepgram.ts';
import { type RecognitionProtocol, type Understood, Utterance, type Words } from './recognition-protocol.ts';

const sampleRateHz = 16_000;
/** As the plugin has it: the session decides when a turn is over, this only says how soon its words come. */
const endpointingMs = 25;

const messageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('SpeechStarted') }),
  z.object({ type: z.literal('UtteranceEnd') }),
  z.object({
    type: z.literal('Results'),
    start: z.number(),
    duration: z.number(),
    is_final: z.boolean(),
    speech_final: z.boolean(),
    channel: z.object({
      alternatives: z
        .array(
          z.object({
            transcript: z.string(),
            confidence: z.number(),
            /** With the language `multi`: those heard, the commonest first. */
            languages: z.array(z.string()).optional(),
          }),
        )
        .min(1),
    }),
  }),
]);
type Results = Extract<z.infer<typeof messageSchema>, { type: 'Results' }>;

export function nova({ apiKey, baseUrl, model, language, options }: DeepgramListening): RecognitionProtocol {
  const url = new URL(`${baseUrl}/v1/listen`);
  const params = {
    model,
    language,
    encoding: 'linear16',
    sample_rate: sampleRateHz,
    channels: 1,
    interim_results: true,
    vad_events: true,
    no_delay: true,
    punctuate: true,
    endpointing: endpointingMs,
    smart_format: options.smart_format,
    numerals: options.numerals,
  };
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, String(value));
  for (const term of options.keyterms) url.searchParams.append('keyterm', term);
  return {
    title: 'Deepgram',
    provider: 'deepgram',
    model,
    url,
    headers: { authorization: `Token ${apiKey}` },
    sampleRateHz,
    keepAlive: '{"type":"KeepAlive"}',
    finalize: '{"type":"Finalize"}',
    farewell: '{"type":"CloseStream"}',
    reader: () => reader(language),
  };
}

function reader(language: string): (message: string) => readonly Understood[] {
  const utterance = new Utterance();
  return (message) => {
    const { data } = messageSchema.safeParse(parseJson(message));
    switch (data?.type) {
      case undefined:
        return [];
      case 'SpeechStarted':
        return utterance.begin();
      case 'UtteranceEnd':
        return utterance.end();
      case 'Results': {
        const words = wordsOf(data, language);
        const told = words === undefined ? [] : utterance.words(data.is_final ? 'final' : 'interim', words);
        return data.speech_final ? [...told, ...utterance.end()] : told;
      }
    }
  };
}

/** Undefined: what was heard was no words. */
function wordsOf({ channel, start, duration }: Results, language: string): Words | undefined {
  const [best] = channel.alternatives;
  if (best === undefined || best.transcript === '') return undefined;
  const { transcript: text, confidence, languages } = best;
  return { text, confidence, language: languages?.[0] ?? language, startS: start, endS: start + duration };
}
