/** `agent config check`: what is wrong with a number's configuration or with a file, before a caller finds out. */
import { readFileSync } from 'node:fs';
import { tableOf } from '../../shared/columns.ts';
import { type ConfigProblem, checkLayer, resolveConfig } from '../../shared/config/index.ts';
import type { Environment } from '../../shared/env.ts';
import { coerceError } from '../../shared/faults.ts';
import { isObject, type JsonObject, type JsonValue } from '../../shared/merge.ts';
import { problemsOf } from '../config-problems.ts';
import { agentOf, type KnownNumber } from '../config-read.ts';
import type { ProbedChoice } from '../probe-choice.ts';
import { type CommandEnd, notDone } from './command.ts';
import type { ConfigOptions } from './config.ts';
import { isNumber, problemLines, seeNumber } from './number.ts';

const needsKeys = 'A probe needs keys: name a number whose keys are to be used, with --number.';

/** What is to be checked: alone, or as it would be for a number. */
type Subject =
  | { readonly kind: 'alone'; readonly problems: readonly ConfigProblem[] }
  | { readonly kind: 'number'; readonly number: KnownNumber }
  | { readonly kind: 'end'; readonly end: CommandEnd };

export async function checkConfig(
  subject: string,
  options: ConfigOptions,
  environment: Environment,
): Promise<CommandEnd> {
  const found = isNumber(subject) ? await ofNumber(subject, environment) : await ofFile(subject, options, environment);
  if (found.kind === 'end') return found.end;
  const noKeys = options.probe && found.kind === 'alone' && options.number === undefined;
  if (noKeys) return notDone(needsKeys);
  if (found.kind === 'alone') return report(found.problems, [], options);
  const problems = problemsOf(found.number);
  const probed = options.probe ? await probe(found.number, environment) : [];
  return 'code' in probed ? probed : report(problems, probed, options);
}

async function ofNumber(called: string, environment: Environment): Promise<Subject> {
  const seen = await seeNumber(called, environment);
  return seen.outcome === 'end' ? { kind: 'end', end: seen.end } : { kind: 'number', number: seen.number };
}

async function ofFile(path: string, { layer, number }: ConfigOptions, environment: Environment): Promise<Subject> {
  const read = readJson(path);
  if ('end' in read) return { kind: 'end', end: read.end };
  const { value } = read;
  if (number === undefined && layer !== undefined) return { kind: 'alone', problems: checkLayer(layer, value) };
  const own = checkLayer(layer ?? 'instance', value);
  if (!isObject(value) || own.length > 0) return { kind: 'alone', problems: own };
  if (number === undefined) return { kind: 'alone', problems: alone(value) };
  const seen = await seeNumber(number, environment);
  if (seen.outcome === 'end') return { kind: 'end', end: seen.end };
  const layers = { ...seen.number.row.layers, [layer ?? 'instance']: value };
  const row = { ...seen.number.row, layers };
  return { kind: 'number', number: { row, agent: agentOf(row) } };
}

function alone(instance: JsonObject): readonly ConfigProblem[] {
  const resolved = resolveConfig({ platform: {}, organization: {}, instance, number: {} });
  return resolved.outcome === 'invalid' ? resolved.problems : [];
}

function readJson(path: string): { readonly value: JsonValue } | { readonly end: CommandEnd } {
  try {
    return { value: JSON.parse(readFileSync(path, 'utf8')) as JsonValue };
  } catch (thrown) {
    const { message } = coerceError(thrown);
    if (thrown instanceof SyntaxError) return { end: { code: 1, text: `${path} is not JSON: ${message}` } };
    return { end: notDone(`${path} cannot be read: ${message}`) };
  }
}

/** Loaded only here: it brings the media library along. */
async function probe(
  { row, agent }: KnownNumber,
  environment: Environment,
): Promise<readonly ProbedChoice[] | CommandEnd> {
  if (agent.outcome !== 'usable') return [];
  const { probeNumber } = await import('./probe.ts');
  return probeNumber(agent, row, environment);
}

function report(
  problems: readonly ConfigProblem[],
  probed: readonly ProbedChoice[],
  { json }: ConfigOptions,
): CommandEnd {
  const code = problems.length === 0 && probed.every(({ outcome }) => outcome === 'works') ? 0 : 1;
  if (json) return { code, text: JSON.stringify({ problems, probes: probed }, null, 2) };
  const verdict =
    problems.length === 0 ? ['The configuration passes its checks.'] : ['Not right:', ...problemLines(problems)];
  const rows = probed.map(({ path, provider, model, sentence }) => [`  ${path}`, `${provider} ${model}`, sentence]);
  return { code, text: [...verdict, ...(rows.length === 0 ? [] : ['Providers:', tableOf(rows)])].join('\n') };
}
