import type { z } from 'zod';
import { deepgram as spec } from '../../shared/providers/deepgram.ts';
import { aura } from './deepgram-aura.ts';
import { flux } from './deepgram-flux.ts';
import { nova } from './deepgram-nova.ts';
import { probeRecognition } from './probe-recognition.ts';
import { probeSpeech } from './probe-speech.ts';
import { type Chosen, provider } from './provider.ts';
import { Recognition } from './recognition.ts';
import type { RecognitionProtocol } from './recognition-protocol.ts';
import { SentenceSpeech } from './sentence-speech.ts';

export type DeepgramListening = Chosen<z.output<typeof spec.stt.options>>;

/** Models that speak another protocol than the rest. */
const protocols: ReadonlyMap<string, (chosen: DeepgramListening) => RecognitionProtocol> = new Map([
  ['flux-general-en', flux],
  ['flux-general-multi', flux],
]);

/** Protocol and address: a websocket is wanted, whichever way the address is written. */
function listening(chosen: DeepgramListening): RecognitionProtocol {
  const speak = protocols.get(chosen.model) ?? nova;
  return speak({ ...chosen, baseUrl: chosen.baseUrl.replace(/^http/, 'ws') });
}

export const deepgram = provider(spec, {
  stt: {
    build: (chosen) => new Recognition(listening(chosen)),
    probe: (chosen) => probeRecognition(listening(chosen)),
  },
  tts: {
    build: (chosen) => new SentenceSpeech(aura({ ...chosen, baseUrl: chosen.baseUrl.replace(/^ws/, 'http') })),
    probe: (chosen) => probeSpeech(aura({ ...chosen, baseUrl: chosen.baseUrl.replace(/^ws/, 'http') })),
  },
});
