/** Asks each provider of a configuration for the least it can be asked, with the keys that a call would have. */
import { choicesOf, kindsOf, type PlacedChoice } from '../../shared/config/index.ts';
import type { NumberRow } from '../../shared/contracts.ts';
import { type Environment, readSettings } from '../../shared/env.ts';
import { coerceError } from '../../shared/faults.ts';
import type { KeyRing } from '../../shared/provider-keys.ts';
import { specOf } from '../../shared/providers/index.ts';
import { installLibraryLog } from '../call-context.ts';
import { openKeyOf } from '../call-keys.ts';
import type { UsableAgent } from '../config-read.ts';
import { givenFor, serviceOf } from '../providers/index.ts';
import type { Probe } from '../providers/provider.ts';
import { type CommandEnd, missingSettings } from './command.ts';

export interface ProbedChoice {
  /** Where the choice is written: `stt`, `stt.fallbacks.0`. */
  readonly path: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: Probe['outcome'] | 'no_key';
  readonly sentence: string;
  readonly tookMs: number;
}

export async function probeAgent(
  agent: UsableAgent,
  row: NumberRow,
  environment: Environment,
): Promise<readonly ProbedChoice[] | CommandEnd> {
  const read = readSettings(['PROVIDER_KEYS_SECRET'], environment);
  if (read.outcome === 'incomplete') return missingSettings('no key can be opened', read.problems);
  installLibraryLog({ service: 'agent', level: 'fatal', showPii: false });
  const placed = kindsOf(agent.config).flatMap((kind) => choicesOf(agent.config, kind));
  return Promise.all(placed.map((each) => probeChoice(each, agent, row, read.settings.PROVIDER_KEYS_SECRET)));
}

async function probeChoice(
  placed: PlacedChoice,
  agent: UsableAgent,
  row: NumberRow,
  ring: KeyRing,
): Promise<ProbedChoice> {
  const { path, kind, choice } = placed;
  const model = choice.model ?? specOf(choice.provider)?.[kind]?.defaultModel ?? '';
  const about = { path, provider: choice.provider, model };
  const key = openKeyOf(placed, agent, row, ring);
  if (key.outcome === 'missing') return { ...about, outcome: 'no_key', sentence: `${key.problem}.`, tookMs: 0 };
  const keys = new Map(key.outcome === 'opened' ? [[choice.provider, key.key]] : []);
  try {
    const probe = await serviceOf(kind, choice.provider).probe(choice, givenFor(placed, agent.config, keys));
    const sentence = probe.outcome === 'works' ? `works, in ${probe.tookMs} ms` : probe.sentence;
    return { ...about, outcome: probe.outcome, sentence, tookMs: probe.tookMs };
  } catch (thrown) {
    return { ...about, outcome: 'failed', sentence: `cannot be asked: ${coerceError(thrown).message}.`, tookMs: 0 };
  }
}
