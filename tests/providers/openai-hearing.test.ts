import { stt } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import { afterEach, describe, expect, test } from 'vitest';
import { OpenAiListening } from '../../agent/providers/openai-listening.ts';
import { OpenAiTranscription } from '../../agent/providers/openai-transcription.ts';
import { eventually, useStandIns } from './plugins.ts';

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';
const question = 'What time do you close tonight?';
const rateHz = 16_000;
const soon = { maxRetry: 1, retryIntervalMs: 10, timeoutMs: 3_000 };

const ears = {
  live: () => new OpenAiListening({ ...common(), model: 'gpt-4o-transcribe', noiseReduction: undefined }),
  'by recordings': () => new OpenAiTranscription({ ...common(), model: 'whisper-1' }),
};
type Way = keyof typeof ears;
const ways = Object.keys(ears) as Way[];
const common = () => ({ apiKey: key, baseUrl: standIns().urls.openai, language: 'en', prompt: undefined });

interface Failure {
  readonly recoverable: boolean;
  readonly error: Error;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

function listen(way: Way) {
  const ear = ears[way]();
  const failures: Failure[] = [];
  const heardMs: number[] = [];
  ear.on('error', (failure) => failures.push(failure));
  ear.on('metrics_collected', ({ audioDurationMs }) => heardMs.push(audioDurationMs));
  const stream = ear.stream({ connOptions: soon });
  open.push(async () => {
    stream.close();
    await ear.close();
  });
  const push = (pcm: Int16Array) => {
    for (let at = 0; at < pcm.length; at += 800) {
      const data = pcm.slice(at, at + 800);
      stream.pushFrame(new AudioFrame(data, rateHz, 1, data.length));
    }
  };
  return {
    failures,
    heardMs,
    silence: (seconds: number) => push(new Int16Array(seconds * rateHz)),
    async say(text: string) {
      push(new Int16Array(rateHz));
      push(await standIns().speech.say(text, 'en', rateHz));
      push(new Int16Array(rateHz));
    },
    async final(): Promise<string | undefined> {
      for await (const { type, alternatives } of stream)
        if (type === stt.SpeechEventType.FINAL_TRANSCRIPT) return alternatives?.[0].text;
      return undefined;
    },
  };
}

const connections = () =>
  new Set(
    standIns()
      .journal({ kind: 'transcribe' })
      .map(({ connection }) => connection),
  ).size;

describe.each(ways)('what a caller says, heard %s by OpenAI', (way) => {
  test('is understood, and only speech is sent and counted (R2.2, R4.1)', async () => {
    const line = listen(way);
    line.silence(20);
    await line.say(question);
    expect(await line.final()).toBe(question);
    const [counted = 0] = await eventually('the count', () => (line.heardMs.length > 0 ? line.heardMs : undefined));
    expect(counted).toBeGreaterThan(1_000);
    expect(counted).toBeLessThan(6_000);
    const sentSeconds = standIns().journal({ kind: 'transcribe' })[0]?.bytes ?? 0;
    expect(sentSeconds).toBeLessThan(6 * 48_000);
  });

  test('is understood turn after turn', async () => {
    const line = listen(way);
    for (const text of [question, 'Do you deliver to Station Road?']) {
      await line.say(text);
      expect(await line.final()).toBe(text);
    }
  });

  test('is heard again when the provider fails in the middle, and the caller need not repeat it (R4.2)', async () => {
    const fault =
      way === 'live' ? ({ type: 'cut', afterChunks: 2 } as const) : ({ type: 'status', status: 500 } as const);
    await standIns().script({ rules: [{ match: { kind: 'transcribe' }, times: 1, fault }] });
    const line = listen(way);
    await line.say(question);
    expect(await line.final()).toBe(question);
    expect(connections()).toBe(2);
    expect(line.failures).toEqual([]);
  });

  test.each([
    ['a wrong key', { type: 'status', status: 401 } as const, 1],
    ['a used-up quota', { type: 'status', status: 429, code: 'insufficient_quota' } as const, way === 'live' ? 1 : 2],
    ['a broken service', { type: 'status', status: 503 } as const, 2],
  ])('%s is one failure that says so, after as many tries as make sense (R4.2)', async (_what, fault, tries) => {
    await standIns().script({ rules: [{ match: { kind: 'transcribe' }, fault }] });
    const line = listen(way);
    await line.say(question);
    expect(await line.final()).toBeUndefined();
    expect(line.failures).toMatchObject([{ recoverable: false, error: { statusCode: fault.status } }]);
    expect(connections()).toBe(tries);
  });

  test('a server that cannot be reached is a failure', async () => {
    const gone = new OpenAiListening({
      ...common(),
      baseUrl: 'http://127.0.0.1:9',
      model: 'x',
      noiseReduction: undefined,
    });
    const failures: Failure[] = [];
    gone.on('error', (failure) => failures.push(failure));
    const stream = gone.stream({ connOptions: { ...soon, maxRetry: 0 } });
    await eventually('the failure', () => failures[0]);
    stream.close();
    await gone.close();
  });
});
