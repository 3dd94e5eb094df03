import { describe, expect, test } from 'vitest';
import { type ConfigLayers, checkLayer, resolveConfig, tenantConfigSchema } from '../../../shared/config/index.ts';
import { type PhraseLanguage, phraseLanguages, phrases } from '../../../shared/config/phrases.ts';
import type { JsonObject } from '../../../shared/merge.ts';

const nothing: ConfigLayers = { platform: {}, organization: {}, instance: {}, number: {} };
const desk = { id: 'front-desk', label: 'our front desk', uri: 'tel:+390612345678' };

describe('what nobody wrote', () => {
  test('is there all the same: an empty agent is a usable one (R2.1)', () => {
    const { config, origins } = usable({});
    expect(config).toMatchObject({ language: 'en', stt: { provider: 'deepgram' }, llm: { provider: 'openai' } });
    expect(config).toEqual({
      ...tenantConfigSchema.parse({}),
      business: { name: 'Harbor Pizza', description: '', timezone: 'UTC' },
    });
    expect(new Set(origins.values())).toEqual(new Set(['built-in']));
  });

  test.each(phraseLanguages)('is said in the language of the agent: %s (R4.6)', (language: PhraseLanguage) => {
    for (const code of [language, `${language}-XX`]) {
      const { config } = usable({ instance: { language: code, stt: { provider: 'openai' } } });
      expect(config.greeting.text).toBe(phrases[language].greeting);
      expect(config.apology.text).toBe(phrases[language].apology);
      expect(config.tools.transfer.handoff).toBe(phrases[language].handoff);
    }
  });

  test('is said in English in a language that is not shipped, until somebody writes it (R4.6)', () => {
    expect(usable({ instance: { language: 'nl' } }).config.apology.text).toBe(phrases.en.apology);
    const written = { language: 'nl', apology: { text: 'Sorry, bel zo terug.' } };
    expect(usable({ instance: written }).config.apology.text).toBe('Sorry, bel zo terug.');
  });

  test('comes back when a layer clears it, whoever wrote it below (R2.1)', () => {
    const { config, origins } = usable({
      platform: { turn: { max_duration_s: 60 } },
      organization: { greeting: { text: 'Hi.' }, custom_context: { menu: 'soup' } },
      number: { turn: { max_duration_s: null }, greeting: null, custom_context: null },
    });
    expect(config.turn.max_duration_s).toBe(3600);
    expect(config.greeting.text).toBe(phrases.en.greeting);
    expect(config.custom_context).toEqual({});
    expect([origins.get('turn.max_duration_s'), origins.get('greeting.text')]).toEqual(['built-in', 'built-in']);
  });

  test('every phrase of every language has the placeholders of the English one (R4.6)', () => {
    for (const language of phraseLanguages)
      for (const [name, english] of Object.entries(phrases.en)) {
        const said = phrases[language][name as keyof typeof phrases.en];
        expect(said.match(/\{\{.*?\}\}/g), `${language} ${name}`).toEqual(english.match(/\{\{.*?\}\}/g));
      }
  });
});

describe('parts that do not fit together are said when they are saved, not when a customer calls', () => {
  test.each<[string, JsonObject]>([
    ['apology.transfer_to', { apology: { action: 'transfer' } }],
    ['apology.transfer_to', { apology: { action: 'transfer', transfer_to: 'nobody' } }],
    ['hours.closed.forward_to', { hours: { closed: { action: 'forward' } } }],
    [
      'hours.closed.forward_to',
      {
        hours: { closed: { action: 'forward', forward_to: 'front-desk' } },
        tools: { transfer: { destinations: [{ ...desk, enabled: false }] } },
      },
    ],
    ['turn.max_endpointing_ms', { turn: { min_endpointing_ms: 900, max_endpointing_ms: 800 } }],
    ['refusal.to', { refusal: { action: 'forward' } }],
    ['refusal.to', { refusal: { action: 'forward', to: 'sip:desk@10.0.0.9' } }],
    ['refusal.audio_url', { refusal: { action: 'message', audio_url: 'http://127.0.0.1/busy.wav' } }],
    ['refusal.most_at_once', { refusal: { most_at_once: 0 } }],
    ['refusal.most_at_once', { refusal: { most_at_once: 21 } }],
    ['backend.url', { tools: { actions: [{ name: 'find_order', description: 'Finds it.', path: '/orders' }] } }],
    ['backend.url', { backend: { caller_lookup: { path: '/callers' } } }],
    ['stt.provider', { stt: { provider: 'deepgrm' } }],
    ['llm.provider', { llm: { provider: 'deepgram' } }],
    ['tts.options.speeed', { tts: { options: { speeed: 1 } } }],
    ['tts.model', { tts: { provider: 'deepgram' }, language: 'fa', stt: { provider: 'openai' } }],
    ['llm.fallbacks.0.provider', { llm: { fallbacks: [{ provider: 'nobody' }] } }],
    ['recording.consent', { recording: { enabled: true, consent: ' ' } }],
  ])('%s (R2.2)', (path, instance) => {
    expect(problemsOf({ instance }).map((problem) => problem.path)).toEqual([path]);
  });

  test('a destination that exists is fine (R4.3)', () => {
    const tools = { transfer: { destinations: [desk] } };
    usable({ organization: { tools }, number: { apology: { action: 'transfer', transfer_to: 'front-desk' } } });
  });
});

describe('what a refused caller gets', () => {
  test('is busy until somebody says otherwise, and no text is left that nobody could speak (R3.4)', () => {
    expect(usable({}).config.refusal).toEqual({ action: 'busy', audio_url: null, to: null, most_at_once: 2 });
    expect(problemsOf({ number: { refusal: { text: 'Busy.' } } })).toEqual([
      { path: 'refusal.text', message: 'no such setting', layer: 'number' },
    ]);
  });

  test.each(['2050', '+390698765432', '0698765432'])('may be another telephone: %s (R3.4)', (to) => {
    expect(usable({ number: { refusal: { action: 'forward', to } } }).config.refusal.to).toBe(to);
  });

  test('may be what a closed business says, without a line of its own (R2.9)', () => {
    const hours = { weekly: {}, closed: { action: 'refuse' } };
    const { config } = usable({ organization: { hours }, number: { refusal: { action: 'message' } } });
    expect([config.hours.closed.action, config.refusal.action]).toEqual(['refuse', 'message']);
  });
});

describe('an unknown key is an error that names the path and the nearest known key', () => {
  test.each<[JsonObject, string, string]>([
    [{ greetng: { text: 'Hi.' } }, 'greetng', 'no such setting: did you mean greeting?'],
    [{ turn: { maxDurationS: 60 } }, 'turn.maxDurationS', 'no such setting: did you mean max_duration_s?'],
    [{ tts: { voise: 'coral' } }, 'tts.voise', 'no such setting: did you mean voice?'],
    [{ xyzzy: 1 }, 'xyzzy', 'no such setting'],
    [{ tts: { options: { sped: 1 } } }, 'tts.options.sped', 'openai has no such option: did you mean speed?'],
    // Clearing takes the key out of the layer: all the same it does not exist.
    [{ greetng: null }, 'greetng', 'no such setting: did you mean greeting?'],
    [{ turn: { max_duraton_s: null } }, 'turn.max_duraton_s', 'no such setting: did you mean max_duration_s?'],
    [
      { providers: { openai: { bas_url: null } } },
      'providers.openai.bas_url',
      'no such setting: did you mean base_url?',
    ],
    [
      { tools: { transfer: { destinations: [{ ...desk, prio: 1 }] } } },
      'tools.transfer.destinations.0.prio',
      'no such setting',
    ],
  ])('%j (R2.1)', (number, path, message) => {
    expect(problemsOf({ number })).toEqual([{ path, message, layer: 'number' }]);
  });

  test('what is free data is not looked at (R2.5)', () => {
    const { config } = usable({ number: { custom_context: { greetng: 1, nested: { anything: null } } } });
    expect(config.custom_context).toEqual({ greetng: 1, nested: {} });
  });
});

describe("what is the owner's alone", () => {
  test.each(['organization', 'instance', 'number'] as const)('is not for the %s layer (R2.7)', (layer) => {
    for (const owner of [{ platform_keys: true }, { private_hosts: null }, {}, null]) {
      const problem = { path: 'owner', message: "only the platform's own configuration may set this", layer };
      expect(problemsOf({ platform: { owner: { platform_keys: true } }, [layer]: { owner } })).toEqual([problem]);
      expect(checkLayer(layer, { owner })).toEqual([problem]);
    }
  });

  test('holds from the platform layer (R2.7)', () => {
    const platform = { owner: { platform_keys: true, private_hosts: ['10.0.0.7:8080'] } };
    expect(checkLayer('platform', platform)).toEqual([]);
    expect(usable({ platform }).config.owner).toEqual(platform.owner);
  });
});

describe('one layer by itself', () => {
  test('is told what is wrong with it without the layers below (R2.2)', () => {
    const problems = checkLayer('number', { language: 7, turn: { max_duration_s: null, max_duratin_s: null } });
    expect(problems.map(({ path, layer }) => [path, layer])).toEqual([
      ['turn.max_duratin_s', 'number'],
      ['language', 'number'],
    ]);
    expect(checkLayer('number', [])).toEqual([{ path: '', message: 'a configuration is an object', layer: 'number' }]);
  });

  test('may lean on what other layers say (R2.2)', () => {
    expect(checkLayer('number', { tts: { options: { speed: 1.2 } }, apology: { transfer_to: 'front-desk' } })).toEqual(
      [],
    );
  });
});

function resolved(layers: Partial<ConfigLayers>) {
  return resolveConfig({ ...nothing, ...layers }, 'Harbor Pizza');
}

function problemsOf(layers: Partial<ConfigLayers>) {
  const outcome = resolved(layers);
  return outcome.outcome === 'invalid' ? outcome.problems : [];
}

function usable(layers: Partial<ConfigLayers>) {
  const outcome = resolved(layers);
  if (outcome.outcome !== 'usable') throw new Error(JSON.stringify(outcome));
  return outcome;
}
