import { readFileSync } from 'node:fs';
import { inference, initializeLogger, VADEventType } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { describe, expect, test } from 'vitest';
import { resample } from '../../../agent/tape/resample.ts';
import { SilenceSkipped, VoiceDetector } from '../../../agent/voice-detector.ts';
import { readWav } from '../../../agent/wav.ts';

const sampleRate = 16_000;
const frameSamples = (sampleRate * 96) / 1_000;
/** Longer, and it was the end. */
const pauseS = 0.5;
/** A window and a half of the detector. */
const offMs = 48;
initializeLogger({ pretty: false, level: 'silent' });

/** @param loudest of the noise of the line */
function silence(seconds: number, loudest: number): Int16Array {
  return Int16Array.from({ length: seconds * sampleRate }, (_none, at) => ((at * 7919) % (2 * loudest + 1)) - loudest);
}

function words(name: string): Int16Array {
  return resample(readWav(readFileSync(new URL(`../../../agent/voices/${name}.wav`, import.meta.url))), sampleRate);
}

/** Where turns begin and end in it, in seconds: a pause within a sentence ends none. */
async function turnsIn(sound: Int16Array, detector: inference.VAD): Promise<{ begins: number; ends: number }[]> {
  const stream = detector.stream();
  const whole = sound.length - (sound.length % frameSamples);
  for (let at = 0; at < whole; at += frameSamples)
    stream.pushFrame(new AudioFrame(sound.slice(at, at + frameSamples), sampleRate, 1, frameSamples));
  const turns: { begins: number; ends: number }[] = [];
  for await (const { type, samplesIndex } of stream) {
    const at = samplesIndex / sampleRate;
    const last = turns.at(-1);
    if (type === VADEventType.END_OF_SPEECH && last !== undefined) last.ends = at;
    if (type === VADEventType.START_OF_SPEECH && (last === undefined || at - last.ends > pauseS))
      turns.push({ begins: at, ends: at });
    if (type === VADEventType.INFERENCE_DONE && samplesIndex === whole) break;
  }
  stream.close();
  await detector.close();
  return turns;
}

describe('who speaks is heard as before, and silence costs nothing', () => {
  test.each([0, 8, 64])(
    'two turns begin and end within one frame of where the library has them, noise of %i (R3.3)',
    async (loudest) => {
      const parts = [
        ...[silence(5, loudest), words('apology-en'), silence(8, loudest), words('busy-it'), silence(2, loudest)],
      ];
      const sound = Int16Array.from(parts.flatMap((part) => [...part]));
      const ours = await turnsIn(sound, new VoiceDetector());
      const theirs = await turnsIn(sound, new inference.VAD());
      expect(ours).toHaveLength(2);
      expect(theirs).toHaveLength(2);
      const apart = ours.flatMap(({ begins, ends }, at) => [
        Math.abs(begins - (theirs[at]?.begins ?? 0)),
        Math.abs(ends - (theirs[at]?.ends ?? 0)),
      ]);
      expect(Math.max(...apart)).toBeLessThanOrEqual(frameSamples / sampleRate);
    },
  );

  test('a turn has ended when its last word was spoken, not when that was known (R3.3)', async () => {
    const speech = words('apology-en');
    const spokenMs = (speech.findLastIndex((sample) => Math.abs(sample) > 200) / sampleRate) * 1_000;
    const sound = Int16Array.from([...speech, ...silence(1, 0)]);
    const detector = new VoiceDetector();
    const stream = detector.stream();
    let ended = { earliestMs: 0, latestMs: 0 };
    for (let until = frameSamples; until <= sound.length; until += frameSamples) {
      const cameAtMs = performance.now();
      stream.pushFrame(new AudioFrame(sound.slice(until - frameSamples, until), sampleRate, 1, frameSamples));
      for await (const event of stream) {
        const endedMs = (until / sampleRate) * 1_000 - event.silenceDuration - event.inferenceDuration;
        // What passes until it is read here is not known to the detector.
        const latestMs = endedMs + performance.now() - cameAtMs;
        if (event.type === VADEventType.END_OF_SPEECH) ended = { earliestMs: endedMs, latestMs };
        if (event.type === VADEventType.INFERENCE_DONE && event.samplesIndex === until) break;
      }
    }
    stream.close();
    await detector.close();
    expect(ended.earliestMs).toBeLessThan(spokenMs + offMs);
    expect(ended.latestMs).toBeGreaterThan(spokenMs - offMs);
  });

  test('the model hears 320 ms of silence, then nothing until something is heard (R1.6)', async () => {
    let asked = 0;
    const model = {
      async predict() {
        asked += 1;
        return 0.7;
      },
      reset: () => undefined,
    };
    const detector = new SilenceSkipped(model);
    const hear = async (windows: number, sample: number) => {
      asked = 0;
      const answers = [];
      for (let at = 0; at < windows; at += 1) answers.push(await detector.predict(new Int16Array(512).fill(sample)));
      return { asked, last: answers.at(-1) };
    };
    expect(await hear(30, 64)).toEqual({ asked: 10, last: 0 });
    expect(await hear(3, -65)).toEqual({ asked: 3, last: 0.7 });
    expect(await hear(30, 0)).toEqual({ asked: 10, last: 0 });
    detector.reset();
    expect(await hear(1, 0)).toEqual({ asked: 1, last: 0.7 });
  });
});
