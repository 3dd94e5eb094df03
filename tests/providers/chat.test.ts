import { llm } from '@livekit/agents';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ask, eventually, useStandIns } from './plugins.ts';

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';

describe('the language model of a local run, asked by the real OpenAI plugin', () => {
  test('answers with the name in the prompt and the words of the caller, and counts tokens', async () => {
    const { text, usage, failures } = await ask(standIns(), { key, user: 'What time do you close tonight?' });
    expect(text).toBe('This is Harbor Pizza. You said: What time do you close tonight?');
    expect(usage?.totalTokens).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  });

  test('answers in the language of the prompt', async () => {
    const system = 'Sei la segretaria di Studio Bianchi. Rispondi in italiano.';
    const { text } = await ask(standIns(), { key, system, user: 'A che ora aprite domani?' });
    expect(text).toBe('Qui è Studio Bianchi. Lei ha detto: A che ora aprite domani?');
  });

  test('says what the script says, to whom it says it, as often as it says it', async () => {
    const rule = { match: { key, user: 'margherita' }, times: 1, reply: 'One margherita, coming up.' };
    await standIns().script({ rules: [rule] });
    const order = { key, user: 'A large Margherita please' };
    expect((await ask(standIns(), { key, user: 'Hello' })).text).toContain('You said');
    expect((await ask(standIns(), order)).text).toBe('One margherita, coming up.');
    expect((await ask(standIns(), order)).text).toContain('You said');
  });

  test('calls a tool with arguments streamed in pieces', async () => {
    const order = { name: 'place_order', arguments: { pizza: 'margherita', size: 'large', count: 2 } };
    await standIns().script({ rules: [{ toolCall: order }] });
    const place_order = llm.tool({
      name: 'place_order',
      description: 'Places an order.',
      parameters: z.object({ pizza: z.string() }),
      execute: async () => 'placed',
    });
    const { toolCalls } = await ask(standIns(), { key, tools: [place_order] });
    expect(toolCalls.map(({ name, args }) => ({ name, arguments: JSON.parse(args) }))).toEqual([order]);
  });

  test('a slow answer is waited for until the session gives up', async () => {
    await standIns().script({ rules: [{ times: 1, delayMs: 200, gapMs: 5 }, { delayMs: 5_000 }] });
    expect(await ask(standIns(), { key })).toMatchObject({ failures: [] });
    const { text } = await ask(standIns(), { key, givenUp: AbortSignal.timeout(1_500) });
    expect(text).toBe('');
  });

  test.each([
    [429, { name: 'APIStatusError', status: 429, recoverable: false }],
    [500, { name: 'APIStatusError', status: 500, recoverable: false }],
  ] as const)('status %i reaches the session as that status', async (status, failure) => {
    await standIns().script({
      rules: [{ match: { kind: 'chat' }, fault: { type: 'status', status, retryAfterS: 7 } }],
    });
    const { text, failures } = await ask(standIns(), { key });
    expect({ text, failures }).toEqual({ text: '', failures: [failure] });
    expect(standIns().journal({ kind: 'chat' })).toMatchObject([{ status, key, fault: 'status' }]);
  });

  test('a wrong key is refused at once (R2.7)', async () => {
    const { text, failures } = await ask(standIns(), { key: 'sk-of-somebody-else' });
    expect({ text, failures }).toEqual({
      text: '',
      failures: [{ name: 'APIStatusError', status: 401, recoverable: false }],
    });
  });

  test('an answer cut in the middle is a connection error after the first words', async () => {
    await standIns().script({ rules: [{ reply: 'One two three four', fault: { type: 'cut', afterChunks: 3 } }] });
    const { text, failures } = await ask(standIns(), { key });
    expect(text).toBe('One two');
    expect(failures).toMatchObject([{ name: 'APIConnectionError' }]);
  });

  test('a frame that is not JSON is a connection error, not a crash', async () => {
    await standIns().script({ rules: [{ fault: { type: 'malformed', afterChunks: 2 } }] });
    expect((await ask(standIns(), { key })).failures).toMatchObject([{ name: 'APIConnectionError' }]);
  });

  test('a provider that never answers is left when the session gives up', async () => {
    await standIns().script({ rules: [{ fault: { type: 'silence' } }] });
    const giveUp = new AbortController();
    const asked = ask(standIns(), { key, givenUp: giveUp.signal });
    await eventually('the request arrives', () => standIns().journal({ kind: 'chat' })[0]);
    giveUp.abort();
    expect((await asked).text).toBe('');
  });

  test('an answer that is not streamed carries text and usage in one body', async () => {
    const messages = [{ role: 'user', content: [{ type: 'text', text: 'Hello there' }] }];
    const response = await fetch(`${standIns().urls.openai}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4.1-mini', messages }),
    });
    expect(await response.json()).toMatchObject({
      object: 'chat.completion',
      choices: [{ message: { content: 'You said: Hello there' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2 },
    });
  });
});
