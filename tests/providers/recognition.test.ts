import { createServer, type Server } from 'node:net';
import { stt } from '@livekit/agents';
import { afterEach, describe, expect, test } from 'vitest';
import { useStandIns } from './plugins.ts';
import { listenWith, textsOf } from './recogniser.ts';

const standIns = useStandIns();
const { FINAL_TRANSCRIPT, END_OF_SPEECH } = stt.SpeechEventType;
const key = 'dev-deepgram-harbor-pizza';
const sentence = 'My order has not arrived, can you help me?';
const soon = { maxRetry: 1, retryIntervalMs: 10, timeoutMs: 3_000 };

const listen = (more: { baseUrl?: string; model?: string; connOptions?: typeof soon } = {}) =>
  listenWith(standIns(), { provider: 'deepgram', baseUrl: standIns().urls.deepgram, key, language: 'en', ...more });

const lines = () =>
  new Set(
    standIns()
      .journal({ key })
      .map(({ connection }) => connection),
  ).size;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A host that takes connections, says this much and falls silent. */
async function mute(says = ''): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (says !== '') socket.once('data', () => socket.write(says));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

describe.each([undefined, 'flux-general-en'])('a line to Deepgram %s', (model) => {
  const with_ = model === undefined ? {} : { model };

  test('that drops again and again is opened again each time there were words in between (R4.2)', async () => {
    const rules = [{ match: { key }, times: 3, fault: { type: 'cut' as const, afterChunks: 12 } }];
    await standIns().script({ rules });
    const line = listen({ ...with_, connOptions: soon });
    const heard: (string | undefined)[] = [];
    for (let turn = 0; turn < 4; turn += 1) {
      await line.say(sentence);
      heard.push(...textsOf(await line.until(END_OF_SPEECH), FINAL_TRANSCRIPT));
    }
    expect(heard).toEqual([sentence, sentence, sentence, sentence]);
    expect(line.failures).toEqual([]);
    expect(lines()).toBeGreaterThan(1);
    await line.close();
  });

  test('counts the sound that was sent, once (R1.8)', async () => {
    const line = listen(with_);
    line.silence(3);
    await line.say(sentence);
    line.stream.endInput();
    expect(textsOf(await line.until(), FINAL_TRANSCRIPT)).toEqual([sentence]);
    expect(line.pushedMs(), 'more than is counted in one piece').toBeGreaterThan(5_000);
    expect(line.billedMs()).toBe(line.pushedMs());
    await line.close();
  });

  test('ends with its input, and gives the last words before (R1.7)', async () => {
    const line = listen(with_);
    await line.say('Thank you, goodbye.');
    line.stream.endInput();
    const events = await line.until();
    expect(textsOf(events, FINAL_TRANSCRIPT)).toEqual(['Thank you, goodbye.']);
    expect(line.failures).toEqual([]);
  });
});

describe('a provider that cannot be reached', () => {
  test('is a failure after a few tries, not a silence (R4.2)', async () => {
    const line = listen({ baseUrl: 'http://127.0.0.1:9', connOptions: soon });
    await line.until();
    expect(line.failures).toMatchObject([{ recoverable: false }]);
    await line.close();
  });

  test('that takes the connection and never answers is given up after five seconds (R4.2)', async () => {
    const line = listen({ baseUrl: await mute(), connOptions: { ...soon, maxRetry: 0 } });
    await line.until();
    expect(line.failures).toMatchObject([{ recoverable: false }]);
    await line.close();
  });

  test('that stops in the middle of its refusal has refused (R4.2)', async () => {
    const refusal = 'HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{"err_';
    const line = listen({ baseUrl: await mute(refusal) });
    await line.until();
    expect(line.failures).toMatchObject([{ status: 401, recoverable: false }]);
    await line.close();
  });

  test('does not keep a call from ending while it is being opened (R1.5)', async () => {
    const line = listen({ baseUrl: await mute() });
    line.silence(1);
    await line.close();
    expect(await line.until()).toEqual([]);
    expect(line.failures).toEqual([]);
  });
});
