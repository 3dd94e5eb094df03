import { openaiCompatible as spec } from '../../shared/providers/openai-compatible.ts';
import { chatModel, requestChat } from './openai-chat.ts';
import { openAiSpeech } from './openai-speech.ts';
import { OpenAiTranscription, requestTranscription } from './openai-transcription.ts';
import { probeHttp, probeSignal } from './probe.ts';
import { probeSpeech } from './probe-speech.ts';
import { type Chosen, provider } from './provider.ts';
import { SentenceSpeech, type SpeechProtocol } from './sentence-speech.ts';

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
    build: (chosen) => new SentenceSpeech(speaking(chosen)),
    probe: (chosen) => probeSpeech(speaking(chosen)),
  },
});

/** A server that asks for no key ignores this one; without any, OpenAI's client looks into the environment. */
function keyed<C extends Chosen>(chosen: C): C {
  return chosen.apiKey === '' ? { ...chosen, apiKey: 'none' } : chosen;
}

function speaking(chosen: Chosen<{ speed: number; sample_rate_hz: number }>): SpeechProtocol {
  const { speed, sample_rate_hz: sampleRateHz } = chosen.options;
  return openAiSpeech({ ...keyed(chosen), title: spec.title, speed, sampleRateHz });
}
