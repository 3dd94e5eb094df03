import { describe, expect, test } from 'vitest';
import { checkChoice } from '../../../shared/providers/index.ts';
import type { Kind } from '../../../shared/providers/provider.ts';

interface Chosen {
  readonly provider: string;
  readonly model?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

const problems = (kind: Kind, { provider, model, options = {} }: Chosen, language = 'en') =>
  checkChoice(kind, { provider, model: model ?? null, options, base_url: null, voice: null }, language);

describe('what a tenant may choose to hear with', () => {
  test.each([
    ['deepgram', undefined, 'fa'],
    ['deepgram', 'flux-general-en', 'en'],
    ['deepgram', 'flux-general-multi', 'pt-BR'],
    ['soniox', undefined, 'fa'],
    ['soniox', 'stt-rt-v4', 'ar'],
  ])('%s %s hears %s (R4.1)', (provider, model, language) => {
    expect(problems('stt', { provider, ...(model === undefined ? {} : { model }) }, language)).toEqual([]);
  });

  test('an English model for a Persian line is a mistake that is told when it is saved (R2.2)', () => {
    const [problem] = problems('stt', { provider: 'deepgram', model: 'flux-general-en' }, 'fa');
    expect(problem).toMatchObject({ path: 'model', message: expect.stringContaining('does not take the language fa') });
  });

  test.each([
    [{ silence_duration_ms: 300 }, 'options.silence_duration_ms', /500 to 3000/],
    [{ silence_duration_ms: 5000 }, 'options.silence_duration_ms', /500 to 3000/],
    [{ enable_endpoint_detection: false, silence_duration_ms: 800 }, 'options.silence_duration_ms', /no meaning/],
    [{ language_hints: ['Persian'] }, 'options.language_hints.0', /two lower case letters/],
    [{ language_hint: ['fa'] }, 'options.language_hint', /did you mean language_hints/],
  ])('Soniox with %j is a mistake that is told when it is saved (R2.2, R2.4)', (options, path, message) => {
    expect(problems('stt', { provider: 'soniox', options })).toMatchObject([
      { path, message: expect.stringMatching(message) },
    ]);
  });

  test('an option that the chosen model would pass over is a mistake as well (R2.2)', () => {
    const flux = { provider: 'deepgram', model: 'flux-general-en' };
    expect(problems('stt', { ...flux, options: { smart_format: true } })).toMatchObject([
      { path: 'options.smart_format', message: expect.stringContaining('does not take this option') },
    ]);
    expect(problems('stt', { provider: 'deepgram', options: { eot_threshold: 0.8 } })).toHaveLength(1);
    expect(problems('stt', { ...flux, options: { eot_threshold: 0.8, keyterms: ['Diavola'] } })).toEqual([]);
  });
});

describe('what a tenant may choose to speak with', () => {
  test('Persian is spoken by the one model of ElevenLabs that can, and by no voice of Deepgram (R4.1)', () => {
    expect(problems('tts', { provider: 'elevenlabs', model: 'eleven_v3' }, 'fa')).toEqual([]);
    expect(problems('tts', { provider: 'elevenlabs' }, 'fa')).toHaveLength(1);
    expect(problems('tts', { provider: 'deepgram' }, 'fa')).toHaveLength(1);
  });
});
