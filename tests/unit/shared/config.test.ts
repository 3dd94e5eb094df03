import { expect, test } from 'vitest';
import { type ConfigLayers, resolveConfig } from '../../../shared/config/index.ts';

const written: ConfigLayers = {
  platform: {},
  organization: { business: { name: 'Harbor Pizza', timezone: 'America/New_York' } },
  instance: { greeting: { text: 'Harbor Pizza, hello!' }, instructions: 'You take orders.' },
  number: {},
};

test("a number's override wins over its agent, the agent over the organisation, and each field knows who set it (R2.1)", () => {
  const resolved = resolveConfig({
    ...written,
    platform: { tts: { voice: 'echo' }, turn: { caller_silent_s: 60 } },
    organization: { ...written.organization, tts: { voice: 'coral' } },
    number: { greeting: { text: 'Support, hello!' } },
  });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  expect(resolved.config.greeting).toMatchObject({ text: 'Support, hello!', interruptible: true });
  expect(resolved.config.tts).toMatchObject({ provider: 'openai', voice: 'coral' });
  expect(resolved.config.turn).toMatchObject({ caller_silent_s: 60, max_duration_s: 3600 });
  expect(resolved.origins.get('greeting.text')).toBe('number');
  expect(resolved.origins.get('instructions')).toBe('instance');
  expect(resolved.origins.get('tts.voice')).toBe('organization');
  expect(resolved.origins.get('turn.caller_silent_s')).toBe('platform');
  expect(resolved.origins.get('turn.max_duration_s')).toBe('built-in');
});

test('a number without an agent is not configured, which is not the same as broken (R2.2)', () => {
  expect(resolveConfig({ ...written, instance: null })).toEqual({ outcome: 'missing' });
});

test('a broken override names each field, what is wrong and the layer that wrote it (R2.2)', () => {
  const resolved = resolveConfig({
    ...written,
    organization: { business: { name: 'Harbor Pizza', timezone: 'Mars/Olympus' } },
    number: { greetng: { text: 'Hi' }, turn: { max_duration_s: 'long' }, tts: { speed: 2 } },
  });
  if (resolved.outcome !== 'invalid') throw new Error('a broken configuration was accepted');
  const seen = resolved.problems.map(({ path, layer }) => [path, layer]);
  expect(seen).toEqual(
    expect.arrayContaining([
      ['business.timezone', 'organization'],
      ['turn.max_duration_s', 'number'],
      ['tts.speed', 'number'],
      ['greetng', 'number'],
    ]),
  );
  expect(seen).toHaveLength(4);
});

test('a call cannot change the configuration it started with (R1.6)', () => {
  const resolved = resolveConfig(written);
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  const { greeting } = resolved.config;
  expect(() => Object.assign(greeting, { text: 'other' })).toThrow(TypeError);
});
