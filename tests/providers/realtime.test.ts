import { llm } from '@livekit/agents';
import { realtime } from '@livekit/agents-plugin-openai';
import { AudioFrame } from '@livekit/rtc-node';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, useStandIns } from './plugins.ts';

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';
const rateHz = 24_000;
const question = 'What time do you close tonight?';

type Turns = 'server' | 'client';
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.close()));
});

/** One line to the speech-to-speech model through the real plugin. */
function dial(turns: Turns = 'client') {
  const model = new realtime.RealtimeModel({
    apiKey: key,
    baseURL: standIns().urls.openai,
    model: 'gpt-realtime',
    voice: 'marin',
    ...(turns === 'client' ? { turnDetection: null } : { turnDetection: { type: 'server_vad' as const } }),
  });
  const session = model.session();
  open.push(session);
  const heard: string[] = [];
  const answers: llm.GenerationCreatedEvent[] = [];
  const errors: string[] = [];
  session.on('input_audio_transcription_completed', ({ transcript, isFinal }) => isFinal && heard.push(transcript));
  session.on('generation_created', (answer) => answers.push(answer));
  session.on('error', ({ error }) => errors.push(error.message));
  return {
    session,
    heard,
    answers,
    errors,
    async say(text: string) {
      const speech = await standIns().speech.say(text, 'en', rateHz);
      const sound = new Int16Array(speech.length + 2 * rateHz);
      sound.set(speech, rateHz / 2);
      for (let at = 0; at < sound.length; at += 1_200) {
        const data = sound.slice(at, at + 1_200);
        session.pushAudio(new AudioFrame(data, rateHz, 1, data.length));
      }
    },
  };
}

async function read(answer: llm.GenerationCreatedEvent) {
  let text = '';
  let samples = 0;
  for await (const message of answer.messageStream) {
    for await (const words of message.textStream) text += String(words);
    for await (const frame of message.audioStream) samples += frame.samplesPerChannel;
  }
  const calls: llm.FunctionCall[] = [];
  for await (const call of answer.functionStream) calls.push(call);
  return { text, seconds: samples / rateHz, calls };
}

describe('the speech-to-speech model of a local run, through the real OpenAI plugin', () => {
  test('a turn that the client commits is understood and answered aloud (R2.2)', async () => {
    const { session, heard, say } = dial();
    await session.updateInstructions('You answer the phone of Harbor Pizza.');
    await say(question);
    await session.commitAudio();
    const { text, seconds } = await read(await session.generateReply());
    expect(text).toBe(`This is Harbor Pizza. You said: ${question}`);
    expect(seconds).toBeGreaterThan(1);
    expect(heard).toEqual([question]);
    expect(standIns().journal({ kind: 'respond' })).toMatchObject([{ key, user: question, reply: text }]);
  });

  test('a turn that the server notices is answered without being asked', async () => {
    const { heard, answers, say } = dial('server');
    await say(question);
    const answer = await eventually('an answer', () => answers[0]);
    expect((await read(answer)).text).toContain(question);
    expect(heard).toEqual([question]);
  });

  test('what it is told to say word for word it says, and nothing else', async () => {
    const { session } = dial();
    const { text } = await read(await session.generateReply('Say this word for word and nothing else:\nGood evening!'));
    expect(text).toBe('Good evening!');
  });

  test('a tool is called and its result answered', async () => {
    const order = { name: 'place_order', arguments: { pizza: 'margherita' } };
    await standIns().script({ rules: [{ match: { kind: 'respond' }, times: 1, toolCall: order }] });
    const { session } = dial();
    const parameters = z.object({ pizza: z.string() });
    const tool = llm.tool({ name: 'place_order', description: 'Orders.', parameters, execute: async () => 'placed' });
    await session.updateTools(new llm.ToolContext([tool]));
    const { calls } = await read(await session.generateReply());
    expect(calls.map(({ name, args }) => ({ name, arguments: JSON.parse(args) }))).toEqual([order]);
    const context = session.chatCtx.copy();
    const [call] = calls;
    context.items.push(
      llm.FunctionCallOutput.create({
        callId: call?.callId ?? '',
        name: 'place_order',
        output: 'placed',
        isError: false,
      }),
    );
    await session.updateChatCtx(context);
    expect((await read(await session.generateReply())).text).toContain('placed');
  });

  test('tokens of text and sound are counted, and what was read before comes from the cache', async () => {
    const { session, say } = dial();
    const usages: { inputTokens: number; audio: number; cached: number }[] = [];
    session.on('metrics_collected', ({ inputTokens, inputTokenDetails, outputTokenDetails }) =>
      usages.push({ inputTokens, audio: outputTokenDetails.audioTokens, cached: inputTokenDetails.cachedTokens }),
    );
    for (const _turn of [1, 2]) {
      await say(question);
      await session.commitAudio();
      await read(await session.generateReply());
    }
    await eventually('two answers counted', () => (usages.length === 2 ? true : undefined));
    const [first, second] = usages;
    expect(first).toMatchObject({ cached: 0 });
    expect(first?.audio).toBeGreaterThan(0);
    expect(second?.cached).toBe(first?.inputTokens);
  });

  test('an answer that is slow and cancelled ends where it was, and the next one comes', async () => {
    await standIns().script({ rules: [{ match: { kind: 'respond' }, times: 1, gapMs: 600_000 }] });
    const { session, errors } = dial();
    await session.generateReply();
    await session.interrupt();
    await eventually('the cancellation', () =>
      Reflect.get(session, 'currentGeneration') === undefined ? true : undefined,
    );
    expect((await read(await session.generateReply())).text).not.toBe('');
    expect(errors).toEqual([]);
  });

  test('a played answer can be cut to what was heard, and not beyond its end', async () => {
    const { session, errors } = dial();
    const answer = await session.generateReply();
    const ids: string[] = [];
    const messages = answer.messageStream.getReader();
    for (let next = await messages.read(); !next.done; next = await messages.read()) ids.push(next.value.messageId);
    const [messageId = ''] = ids;
    await session.truncate({ messageId, audioEndMs: 300 });
    await session.truncate({ messageId, audioEndMs: 60_000 });
    await eventually('the refusal', () => errors.find((message) => message.includes('already shorter')));
  });

  test.each([
    [{ status: 429, code: 'insufficient_quota' }, /insufficient_quota/],
    [{ status: 429 }, /rate_limit_exceeded/],
    [{ status: 401 }, /Incorrect API key/],
  ] as const)('an answer refused with %o is an error of that name', async (fault, message) => {
    await standIns().script({ rules: [{ match: { kind: 'respond' }, fault: { type: 'status', ...fault } }] });
    const { session, errors } = dial();
    session.generateReply().catch(() => undefined);
    await eventually('the error', () => errors.find((error) => message.test(error)));
  });
});
