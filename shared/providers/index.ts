/** The registry of what providers offer, and what is wrong with a choice among them. */

import { nearest } from '../config/nearest.ts';
import type { Choice } from '../config/pipeline.ts';
import { deepgram } from './deepgram.ts';
import { elevenlabs } from './elevenlabs.ts';
import { openai } from './openai.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { type Kind, type ModelSpec, type ProviderSpec, type ServiceSpec, speaks } from './provider.ts';
import { soniox } from './soniox.ts';

export const providerSpecs: readonly ProviderSpec[] = [deepgram, openai, openaiCompatible, soniox, elevenlabs];
const byName = new Map(providerSpecs.map((spec) => [spec.name, spec]));

export function specOf(provider: string): ProviderSpec | undefined {
  return byName.get(provider);
}

export interface ChoiceProblem {
  /** Below the choice: `provider`, `model`, `options.speed`. */
  readonly path: string;
  readonly message: string;
}

/**
 * What the common schema cannot know: whether the provider exists, offers the service, and takes these words.
 *
 * @param language null: not known yet
 */
export function checkChoice(kind: Kind, choice: Choice, language: string | null): readonly ChoiceProblem[] {
  const spec = specOf(choice.provider);
  const service = spec?.[kind];
  if (service === undefined) return [{ path: 'provider', message: cannotServe(kind, choice.provider) }];
  return [...checkModel(service, choice, language), ...checkOptions(service, choice)];
}

function cannotServe(kind: Kind, provider: string): string {
  const able = providerSpecs.filter((spec) => spec[kind] !== undefined).map(({ name }) => name);
  if (specOf(provider) !== undefined) return `${provider} offers no ${kind}; these do: ${able.join(', ')}`;
  const meant = nearest(provider, able);
  const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
  return `no provider is called ${provider}${hint}; these offer ${kind}: ${able.join(', ')}`;
}

function checkModel(service: ServiceSpec, choice: Choice, language: string | null): ChoiceProblem[] {
  const name = choice.model ?? service.defaultModel;
  if (name === null) return [{ path: 'model', message: `${choice.provider} has no default model: name one` }];
  const model = modelOf(service, name);
  if (model === undefined) {
    const known = Object.keys(service.models).join(', ');
    return [{ path: 'model', message: `${choice.provider} has no model ${name}; it has ${known}` }];
  }
  if (language === null || speaks(model, language)) return [];
  const able = model.languages === 'any' ? '' : `; it takes ${model.languages.join(', ')}`;
  return [{ path: 'model', message: `${choice.provider} ${name} does not take the language ${language}${able}` }];
}

export function modelOf(service: ServiceSpec, model: string): ModelSpec | undefined {
  return Object.hasOwn(service.models, model) ? service.models[model] : (service.otherModels ?? undefined);
}

function checkOptions(service: ServiceSpec, choice: Choice): ChoiceProblem[] {
  const parsed = service.options.safeParse(choice.options);
  if (parsed.success) return idleOptions(service, choice);
  return parsed.error.issues.flatMap((issue) => {
    const path = ['options', ...issue.path.map(String)].join('.');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: `${path}.${key}`, message: noSuchOption(service, choice, key) }));
  });
}

/** Options of the service that the chosen model would pass over in silence. */
function idleOptions(service: ServiceSpec, { provider, model, options }: Choice): ChoiceProblem[] {
  const name = model ?? service.defaultModel ?? '';
  const taken = modelOf(service, name)?.options;
  return Object.keys(options)
    .filter((option) => taken?.includes(option) === false)
    .map((option) => ({ path: `options.${option}`, message: `${provider} ${name} does not take this option` }));
}

function noSuchOption({ options }: ServiceSpec, { provider }: Choice, key: string): string {
  const known = 'shape' in options ? Object.keys(options.shape as object) : [];
  const meant = nearest(key, known);
  return `${provider} has no such option${meant === undefined ? '' : `: did you mean ${meant}?`}`;
}
