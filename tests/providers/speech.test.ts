import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { learn, recognise } from '../../dev/providers/recognise.ts';
import { speakDeepgram, speakElevenLabs, speakOpenAi, useStandIns } from './plugins.ts';

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';
const text = 'Welcome to Harbor Pizza, what can I get you?';

const voices = [
  { name: 'OpenAI', speak: speakOpenAi, kind: 'speech' },
  { name: 'Deepgram', speak: speakDeepgram, kind: 'speak' },
] as const;

/**
 * The OpenAI plugin's failed synthesis also rejects a promise nobody holds. Here that is expected and counted; in an agent
 * it ends the process unless somebody listens.
 */
const unhandled: unknown[] = [];
const keep = (reason: unknown) => void unhandled.push(reason);
let others: NodeJS.UnhandledRejectionListener[] = [];
beforeEach(() => {
  unhandled.length = 0;
  others = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', keep);
});
afterEach(async () => {
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', keep);
  for (const listener of others) process.on('unhandledRejection', listener);
});

describe.each(voices)('the $name voice of a local run, through the real plugin', ({ speak, kind }) => {
  test('speaks the text, so that it can be told from another one', async () => {
    const { pcm, sampleRate, failures } = await speak(standIns(), { key, text });
    const language = 'en' as const;
    const known = await learn(
      [
        { text, language },
        { text: 'What can I do for you today?', language },
      ],
      standIns().speech,
    );
    expect(recognise(pcm, sampleRate, known)).toMatchObject({ text });
    expect(failures).toEqual([]);
    expect(
      standIns()
        .journal({ kind, key })
        .find((entry) => entry.user === text),
    ).toMatchObject({ language: 'en' });
  });

  test('slow speech is whole speech', async () => {
    const { pcm: quick } = await speak(standIns(), { key, text });
    await standIns().script({ rules: [{ match: { kind }, delayMs: 100, gapMs: 10 }] });
    expect((await speak(standIns(), { key, text })).pcm.length).toBe(quick.length);
  });

  test.each([429, 500] as const)('status %i is reported once and no sound is made', async (status) => {
    await standIns().script({ rules: [{ match: { kind }, fault: { type: 'status', status } }] });
    const { pcm, failures } = await speak(standIns(), { key, text });
    expect(pcm.length).toBe(0);
    expect(failures).toMatchObject([{ recoverable: false }]);
    expect(standIns().journal({ kind })).toMatchObject([{ status }]);
  });

  test('a wrong key is refused (R2.7)', async () => {
    const { pcm, failures } = await speak(standIns(), { key: 'sk-somebody-else', text });
    expect(pcm.length).toBe(0);
    expect(failures).toHaveLength(1);
    expect(standIns().journal({ kind })).toMatchObject([{ status: 401 }]);
  });

  test('speech cut in the middle is reported', async () => {
    await standIns().script({ rules: [{ match: { kind }, fault: { type: 'cut', afterChunks: 2 } }] });
    expect((await speak(standIns(), { key, text })).failures).toHaveLength(1);
  });
});

describe('the ElevenLabs voice of a local run, through the real plugin', () => {
  test('speaks the text, and tells a wrong key', async () => {
    const { pcm, sampleRate, failures } = await speakElevenLabs(standIns(), {
      key: 'dev-elevenlabs-harbor-pizza',
      text,
    });
    const known = await learn([{ text, language: 'en' }], standIns().speech);
    expect(recognise(pcm, sampleRate, known)).toMatchObject({ text });
    expect(failures).toEqual([]);
    await speakElevenLabs(standIns(), { key: 'sk-somebody-else', text });
    expect(standIns().journal({ provider: 'elevenlabs' }).at(-1)).toMatchObject({ status: 401 });
  });
});

describe('traps of the plugins that an agent has to know', () => {
  test('a failed OpenAI synthesis also rejects a promise that nobody holds', async () => {
    await standIns().script({ rules: [{ fault: { type: 'status', status: 500 } }] });
    await speakOpenAi(standIns(), { key, text });
    await new Promise((resolve) => setImmediate(resolve));
    expect(unhandled).toHaveLength(1);
  });

  test('a stray byte in OpenAI speech is not noticed by the plugin', async () => {
    await standIns().script({ rules: [{ fault: { type: 'malformed', afterChunks: 1 } }] });
    expect(await speakOpenAi(standIns(), { key, text })).toMatchObject({ failures: [] });
  });

  test('Deepgram speech that never comes is a time-out', async () => {
    await standIns().script({ rules: [{ fault: { type: 'silence' } }] });
    const { failures } = await speakDeepgram(standIns(), { key, text });
    expect(failures).toMatchObject([{ name: 'APITimeoutError' }]);
  });

  // Not through the plugin: it parses frames in an event handler without a catch, and the exception would end this process.
  test('a malformed Deepgram frame is really not JSON', async () => {
    await standIns().script({ rules: [{ fault: { type: 'malformed', afterChunks: 0 } }] });
    const socket = new WebSocket(`${standIns().urls.deepgramSocket}/v1/speak`, {
      headers: { authorization: `Token ${key}` },
    });
    const first = await new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
    socket.close();
    expect(() => JSON.parse(first)).toThrow(SyntaxError);
  });

  // Not through the plugin: over HTTP it always calls port 443 of the host, whatever its baseUrl says.
  test('Deepgram speech over HTTP is raw PCM at the rate asked', async () => {
    const response = await fetch(`${standIns().urls.deepgram}/v1/speak?model=aura-2-livia-it&sample_rate=16000`, {
      method: 'POST',
      headers: { authorization: `Token ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Pronto' }),
    });
    const expected = await standIns().speech.say('Pronto', 'it', 16_000);
    expect((await response.arrayBuffer()).byteLength).toBe(expected.byteLength);
  });
});
