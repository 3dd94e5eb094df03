import { openaiCompatible as spec } from '../../shared/providers/openai-compatible.ts';
import { chatModel, requestChat } from './openai-chat.ts';
import { OpenAiSpeech, requestSpeech } from './openai-speech.ts';
import { OpenAiTranscription, requestTranscription } from './openai-transcription.ts';
import { probeHttp, probeSignal } from './probe.ts';
import { type Chosen, provider } from './provider.ts';

const silence = Buffer.alloc(6_400);

export const openaiCompatible = provider(spec, {
  stt: {
    build: (chosen) => new OpenAiTranscription({ ...keyed(chosen), prompt: chosen.options.prompt }),
    probe: (chosen) =>
      probeHttp(spec.title, chosen.model, () =>
        requestTranscription(silence, { ...keyed(chosen), prompt: undefined }, { signal: probeSignal() }),
      ),
  },

  llm: {
    build: (chosen) => chatModel(keyed(chosen)),
    // Servers of one's own know this limit by its older name.
    probe: (chosen) =>
      probeHttp(spec.title, chosen.model, () => requestChat(keyed(chosen), { max_tokens: 1 }, probeSignal())),
  },

  tts: {
    build: (chosen) => new OpenAiSpeech(speechOptions(chosen)),
    probe: (chosen) =>
      probeHttp(spec.title, chosen.model, () => requestSpeech('Hi.', speechOptions(chosen), probeSignal())),
  },
});

/** A server that asks for no key ignores this one; without any, OpenAI's client looks into the environment. */
function keyed<C extends Chosen>(chosen: C): C {
  return chosen.apiKey === '' ? { ...chosen, apiKey: 'none' } : chosen;
}

function speechOptions(chosen: Chosen<{ speed: number; sample_rate_hz: number }>) {
  const { speed, sample_rate_hz: sampleRate } = chosen.options;
  return { ...keyed(chosen), speed, sampleRate, instructions: undefined };
}
