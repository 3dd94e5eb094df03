import { describe, expect, test } from 'vitest';
import { addressWriter, type ConfigLayers, choicesOf, kindsOf, resolveConfig } from '../../../shared/config/index.ts';
import type { JsonObject } from '../../../shared/merge.ts';

const nothing: ConfigLayers = { platform: {}, organization: {}, instance: {}, number: {} };
const inside = 'http://10.0.0.7:8080/v1';
const outside = 'https://llm.example.com/v1';

describe('a layer that names a provider starts that choice afresh', () => {
  test("neither model, voice, address nor options of the other provider are inherited, nor its address's key (R2.7)", () => {
    const { config } = usable({
      organization: {
        tts: { provider: 'openai', model: 'tts-1', voice: 'coral', base_url: outside, options: { speed: 2 } },
      },
      number: { tts: { provider: 'deepgram' } },
    });
    expect(config.tts).toMatchObject({ provider: 'deepgram', model: null, voice: null, base_url: null, options: {} });
  });

  test('what the same layer says beside it holds (R2.1)', () => {
    const { config, origins } = usable({
      organization: { tts: { provider: 'openai', voice: 'coral' } },
      number: { tts: { provider: 'deepgram', voice: 'andromeda', options: { speed: 1.2 } } },
    });
    expect(config.tts).toMatchObject({ voice: 'andromeda', model: null, options: { speed: 1.2 } });
    expect(origins.get('tts.options.speed')).toBe('number');
  });

  test('a stronger layer may go on with the choice without naming the provider again (R2.1)', () => {
    const { config } = usable({
      organization: { tts: { provider: 'deepgram', voice: 'andromeda' } },
      number: { tts: { options: { speed: 1.2 } } },
    });
    expect(config.tts).toMatchObject({ provider: 'deepgram', voice: 'andromeda', options: { speed: 1.2 } });
  });

  test('going back to the built-in provider takes nothing along either (R2.7)', () => {
    const { config } = usable({
      platform: { llm: { provider: 'openai', base_url: inside, model: 'local' } },
      organization: { llm: { provider: null } },
    });
    expect(config.llm).toMatchObject({ provider: 'openai', base_url: null, model: null });
  });

  test('the order of fallbacks stays with who wrote it (R4.2)', () => {
    const fallbacks = [{ provider: 'deepgram', voice: 'andromeda' }];
    const { config, origins } = usable({
      organization: { tts: { fallbacks } },
      number: { tts: { provider: 'openai' } },
    });
    expect(choicesOf(config, 'tts').map(({ path, choice }) => [path, choice.provider])).toEqual([
      ['tts', 'openai'],
      ['tts.fallbacks.0', 'deepgram'],
    ]);
    expect(origins.get('tts.fallbacks')).toBe('organization');
  });
});

test('a call uses stt, llm and tts, or one realtime model, never both (R4.1)', () => {
  expect(kindsOf(usable({}).config)).toEqual(['stt', 'llm', 'tts']);
  expect(kindsOf({ ...usable({}).config, mode: 'realtime' })).toEqual(['realtime']);
});

describe('where keys are sent', () => {
  test.each<[string, JsonObject]>([
    ['llm.base_url', { llm: { provider: 'openai', base_url: inside } }],
    ['llm.fallbacks.0.base_url', { llm: { fallbacks: [{ provider: 'openai', base_url: 'http://localhost:1' }] } }],
    ['providers.openai.base_url', { providers: { openai: { base_url: 'http://[::ffff:10.0.0.7]/' } } }],
    ['backend.url', { backend: { url: 'http://169.254.169.254/latest' } }],
    ['greeting.audio_url', { greeting: { audio_url: 'http://2130706433/hello.wav' } }],
    ['apology.audio_url', { apology: { audio_url: 'http://localhost./sorry.wav' } }],
    ['hours.closed.audio_url', { hours: { closed: { audio_url: 'http://nas/closed.wav' } } }],
  ])('no tenant leads %s to a host on the inside (R4.4)', (path, layer) => {
    for (const writer of ['organization', 'instance', 'number'] as const) {
      const message = expect.stringContaining('is on the inside of the platform');
      expect(resolved({ [writer]: layer })).toEqual({
        outcome: 'invalid',
        problems: [{ path, layer: writer, message }],
      });
    }
    expect(resolved({ platform: layer }).outcome).toBe('usable');
  });

  test('a host that the owner names is allowed, with that port only (R4.4)', () => {
    const platform = { owner: { private_hosts: ['10.0.0.7:8080'] } };
    expect(resolved({ platform, number: { backend: { url: inside } } }).outcome).toBe('usable');
    expect(resolved({ platform, number: { backend: { url: inside.replace('8080', '8081') } } }).outcome).toBe(
      'invalid',
    );
  });

  test.each<[string, Partial<ConfigLayers>]>([
    ['built-in', {}],
    ['platform', { platform: { providers: { openai: { base_url: inside } } } }],
    ['organization', { organization: { providers: { openai: { base_url: outside } } } }],
    ['number', { platform: { providers: { openai: { base_url: inside } } }, number: { llm: { base_url: outside } } }],
    ['instance', { platform: { llm: { base_url: inside } }, instance: { llm: { base_url: outside } } }],
    ['platform', { platform: { llm: { base_url: inside } }, number: { llm: { model: 'gpt-4o' } } }],
    // The platform's address went when the tenant chose the provider itself: the provider's own is left.
    ['built-in', { platform: { llm: { base_url: inside } }, number: { llm: { provider: 'openai' } } }],
  ])('it is known that the %s layer says where (R2.7)', (writer, layers) => {
    const { config, origins } = usable(layers);
    const [first] = choicesOf(config, 'llm');
    if (first === undefined) throw new Error('every kind has a first choice');
    expect(addressWriter(config, origins, first)).toBe(writer);
  });
});

function resolved(layers: Partial<ConfigLayers>) {
  return resolveConfig({ ...nothing, ...layers });
}

function usable(layers: Partial<ConfigLayers>) {
  const outcome = resolved(layers);
  if (outcome.outcome !== 'usable') throw new Error(JSON.stringify(outcome));
  return outcome;
}
