import type { z } from 'zod';
import { soniox as spec } from '../../shared/providers/soniox.ts';
import { probeRecognition } from './probe-recognition.ts';
import { type Chosen, provider } from './provider.ts';
import { Recognition } from './recognition.ts';
import { transcription } from './soniox-transcription.ts';

export type SonioxListening = Chosen<z.output<typeof spec.stt.options>>;

const listening = (chosen: SonioxListening) =>
  transcription({ ...chosen, baseUrl: chosen.baseUrl.replace(/^http/, 'ws') });

export const soniox = provider(spec, {
  stt: {
    build: (chosen) => new Recognition(listening(chosen)),
    probe: (chosen) => probeRecognition(listening(chosen)),
  },
});
