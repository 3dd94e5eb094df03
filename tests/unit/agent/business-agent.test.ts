import { expect, test } from 'vitest';
import { instructionsFor } from '../../../agent/business-agent.ts';
import { resolveConfig } from '../../../shared/config/index.ts';

function configWith(changes: object) {
  const instance = {
    business: { name: 'Studio Bianchi' },
    greeting: { text: 'Buongiorno.' },
    instructions: 'Rispondi.',
  };
  const resolved = resolveConfig({ platform: {}, organization: {}, instance: { ...instance, ...changes }, number: {} });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  return resolved.config;
}

test('the prompt begins with the tenant’s own words and names business and language (R1.4)', () => {
  const prompt = instructionsFor(configWith({ language: 'it' }));
  expect(prompt.startsWith('Rispondi.')).toBe(true);
  expect(prompt).toContain('Studio Bianchi');
  expect(prompt).toContain('Italian');
});

test('facts of the business reach the prompt as data, and nothing is said about facts where there are none (R2.5)', () => {
  const prompt = instructionsFor(configWith({ custom_context: { orari: 'nove - diciotto' } }));
  expect(prompt).toContain('"orari": "nove - diciotto"');
  expect(instructionsFor(configWith({}))).not.toContain('as data');
});
