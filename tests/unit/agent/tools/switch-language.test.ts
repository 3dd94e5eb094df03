import { expect, test } from 'vitest';
import { resolveConfig } from '../../../../shared/config/index.ts';
import { openToolWorld, outputsOf } from './tool-world.ts';

const wants = (language: string) => [
  { input: 'Another language', toolCalls: [{ name: 'switch_language', args: { language } }] },
];
const config = { language: 'en', languages: ['it', 'fa'], tools: { switch_language: { enabled: true } } };
const keys = { deepgram: 'key', openai: 'key', soniox: 'key' };

test('an agent goes on in another of its languages: it is told, hears and speaks it (R4.6)', async () => {
  const world = await openToolWorld({ config, keys, responses: wants('it') });
  expect(world.agent.instructions).toContain('Speak English');
  const before = { stt: world.agent.stt, tts: world.agent.tts };
  const [told] = outputsOf(await world.run('Another language'));
  expect(told).toBe('From now on you hear and speak Italian. Answer the caller in it.');
  expect(world.agent.instructions).toContain('Speak Italian');
  expect(world.agent.stt).not.toBe(before.stt);
  expect(world.agent.tts).not.toBe(before.tts);
  await world.close();
});

test('a language that nobody of the agent’s providers takes is refused when it is saved (R2.2)', () => {
  const instance = { ...config, tts: { provider: 'deepgram' } };
  expect(resolveConfig({ platform: {}, organization: {}, instance, number: {} })).toMatchObject({
    outcome: 'invalid',
    problems: [{ path: 'languages.1', message: 'no tts of this agent takes the language fa' }],
  });
});

test('a language that cannot be spoken is not promised, and the call goes on as it was (R4.6)', async () => {
  const world = await openToolWorld({ config, keys, responses: wants('fa') });
  // As if its provider had stopped to offer it since the call began.
  const { config: all } = world.context;
  Object.assign(world.context, { config: { ...all, tts: { ...all.tts, provider: 'deepgram', voice: null } } });
  const [told] = outputsOf(await world.run('Another language'));
  expect(told).toBe('Persian cannot be spoken on this line. Stay in the language you speak, and say so.');
  expect(world.agent.instructions).toContain('Speak English');
  await world.close();
});

test('another of the agent’s providers takes over where the first one does not know the language (R4.6)', async () => {
  const tts = { provider: 'deepgram', fallbacks: [{ provider: 'openai' }] };
  const world = await openToolWorld({ config: { ...config, tts }, keys, responses: wants('fa') });
  const [told] = outputsOf(await world.run('Another language'));
  expect(told).toMatch(/hear and speak Persian/);
  expect(world.agent.tts?.provider).toBe('openai');
  await world.close();
});

test('a language that is not one of the agent’s cannot be asked for, whatever a caller wants (R4.6)', async () => {
  const world = await openToolWorld({ config, keys, responses: wants('de') });
  const [told] = outputsOf(await world.run('Another language'));
  expect(told).toMatch(/Invalid arguments for switch_language/);
  expect(world.agent.instructions).toContain('Speak English');
  await world.close();
});
