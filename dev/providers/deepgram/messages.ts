/** The messages of a live transcription as Deepgram words them (developers.deepgram.com/reference/speech-to-text/listen-streaming). */
import type { Heard } from '../hearing/listener.ts';

export interface Transcription {
  readonly connection: string;
  readonly model: string;
}

const CHANNEL = [0, 1];

export function speechStarted(atMs: number) {
  return { type: 'SpeechStarted', channel: CHANNEL, timestamp: atMs / 1_000 };
}

export function utteranceEnd(lastWordEndMs: number) {
  return { type: 'UtteranceEnd', channel: CHANNEL, last_word_end: lastWordEndMs / 1_000 };
}

export function results(
  { connection, model }: Transcription,
  heard: Extract<Heard, { type: 'interim' | 'final' }>,
  fromFinalize: boolean,
) {
  const isFinal = heard.type === 'final';
  const transcript = heard.text ?? '';
  const confidence = heard.type === 'final' ? heard.confidence : 0.8;
  return {
    type: 'Results',
    channel_index: CHANNEL,
    start: heard.fromMs / 1_000,
    duration: (heard.toMs - heard.fromMs) / 1_000,
    is_final: isFinal,
    speech_final: isFinal,
    from_finalize: fromFinalize,
    channel: { alternatives: [{ transcript, confidence, words: words(transcript, heard, confidence) }] },
    metadata: {
      request_id: connection,
      model_info: { name: model, version: 'switchboard', arch: model.split('-').slice(0, 2).join('-') },
      model_uuid: '00000000-0000-4000-8000-000000000000',
    },
  };
}

/** Word times are spread evenly over the utterance. */
function words(transcript: string, { fromMs, toMs }: { fromMs: number; toMs: number }, confidence: number) {
  const said = transcript.split(' ').filter(Boolean);
  const eachMs = (toMs - fromMs) / Math.max(1, said.length);
  return said.map((word, index) => ({
    word: word.toLowerCase().replace(/[^\p{L}\p{N}'’-]/gu, ''),
    punctuated_word: word,
    start: (fromMs + index * eachMs) / 1_000,
    end: (fromMs + (index + 1) * eachMs) / 1_000,
    confidence,
  }));
}

export function closingMetadata(connection: string, durationMs: number) {
  return {
    type: 'Metadata',
    transaction_key: 'deprecated',
    request_id: connection,
    sha256: '0'.repeat(64),
    created: new Date().toISOString(),
    duration: durationMs / 1_000,
    channels: 1,
  };
}
