import { modelOf } from '../../shared/providers/index.ts';
import { openai as spec } from '../../shared/providers/openai.ts';
import { chatModel, requestChat } from './openai-chat.ts';
import { OpenAiListening, sessionUpdate } from './openai-listening.ts';
import { probeLine } from './openai-probe.ts';
import { OpenAiRealtime } from './openai-realtime.ts';
import { openAiSpeech } from './openai-speech.ts';
import { OpenAiTranscription, requestTranscription } from './openai-transcription.ts';
import { probeHttp, probeSignal } from './probe.ts';
import { probeSpeech } from './probe-speech.ts';
import { type Chosen, provider } from './provider.ts';
import { SentenceSpeech, type SpeechProtocol } from './sentence-speech.ts';

/** A fifth of a second of silence: enough to be transcribed, too little to cost anything. */
const silence = Buffer.alloc(6_400);
const speechRateHz = 24_000;

export const openai = provider(spec, {
  stt: {
    build: ({ options: { prompt, noise_reduction: noiseReduction }, ...chosen }) =>
      isLive(chosen.model)
        ? new OpenAiListening({ ...chosen, prompt, noiseReduction })
        : new OpenAiTranscription({ ...chosen, prompt }),
    probe: (chosen) => {
      const { model, language } = chosen;
      const noOptions = { prompt: undefined, noiseReduction: undefined };
      if (!isLive(model))
        return probeHttp(spec.title, model, () =>
          requestTranscription(silence, { ...chosen, ...noOptions }, { signal: probeSignal() }),
        );
      return probeLine(spec.title, chosen, {
        query: { intent: 'transcription' },
        update: sessionUpdate({ model, language, ...noOptions }),
      });
    },
  },

  llm: {
    build: chatModel,
    // The least that every model accepts.
    probe: (chosen) =>
      probeHttp(spec.title, chosen.model, () => requestChat(chosen, { max_completion_tokens: 16 }, probeSignal())),
  },

  tts: {
    build: (chosen) => new SentenceSpeech(speaking(chosen)),
    probe: (chosen) => probeSpeech(speaking(chosen)),
  },

  realtime: {
    build: (chosen) => new OpenAiRealtime(chosen),
    probe: (chosen) =>
      probeLine(spec.title, chosen, {
        query: { model: chosen.model },
        update: { type: 'session.update', session: { type: 'realtime', output_modalities: ['text'] } },
      }),
  },
});

function isLive(model: string): boolean {
  return modelOf(spec.stt, model)?.streaming ?? true;
}

function speaking({
  options,
  ...chosen
}: Chosen<{ speed: number; instructions?: string | undefined }>): SpeechProtocol {
  return openAiSpeech({ ...chosen, ...options, title: spec.title, sampleRateHz: speechRateHz });
}
