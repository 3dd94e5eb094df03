import { expect, test } from 'vitest';
import { spokenConfig } from '../../../../agent/languages.ts';
import { buildServices } from '../../../../agent/services.ts';
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
  expect(world.context.record.language).toBe('it');
  await world.close();
});

test('a call that another shard had brought into Italian begins in it there, and can be brought back (R3.5, R4.6)', async () => {
  const world = await openToolWorld({ config, keys });
  const { config: written, record } = world.context;
  expect(spokenConfig(written, world.context)).toBe(written);
  record.continueFrom({ turns: [], answeredMsAgo: 30_000, language: 'it' });
  const spoken = spokenConfig(written, world.context);
  expect(spoken).toMatchObject({ language: 'it', languages: written.languages });
  await buildServices(spoken, world.context.keys, world.context).close();
  await world.close();
});

test('a call whose language nobody takes any more begins in its first one, and is noted so (R3.5, R4.6)', async () => {
  const world = await openToolWorld({ config: { language: 'en', tts: { provider: 'deepgram' } }, keys });
  const { config: written, record } = world.context;
  record.continueFrom({ turns: [], answeredMsAgo: 30_000, language: 'fa' });
  expect(spokenConfig(written, world.context)).toBe(written);
  expect(record.language).toBe('en');
  await world.close();
});

test('a shard that has long been talking when it is told of another one’s language stays in its own (R1.8, R4.6)', async () => {
  const world = await openToolWorld({ config, keys });
  const { record } = world.context;
  record.listenTo(world.session);
  await world.run('Hello?');
  record.continueFrom({ turns: [{ role: 'agent', text: 'Pronto.', at_ms: 0 }], answeredMsAgo: 30_000, language: 'it' });
  expect(record.language).toBeUndefined();
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
