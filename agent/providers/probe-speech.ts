/** Has one word spoken, as far as its first sound: that shows key, model and voice, and costs two characters. */
import { judge, probeSignal, unreached } from './probe.ts';
import type { Probe } from './provider.ts';
import { requestSpeech, type SpeechProtocol } from './sentence-speech.ts';

export async function probeSpeech(protocol: SpeechProtocol): Promise<Probe> {
  const { title, model } = protocol;
  const begunMs = performance.now();
  const took = () => Math.round(performance.now() - begunMs);
  try {
    const response = await requestSpeech(protocol, 'OK', probeSignal());
    if (!response.ok) return { ...judge(title, model, response.status, await response.text()), tookMs: took() };
    const reader = response.body?.getReader();
    const first = await reader?.read();
    await reader?.cancel();
    if (first?.value === undefined) return { outcome: 'failed', sentence: `${title} sent no sound.`, tookMs: took() };
    return { outcome: 'works', tookMs: took() };
  } catch (thrown) {
    return { ...unreached(title, thrown), tookMs: took() };
  }
}
