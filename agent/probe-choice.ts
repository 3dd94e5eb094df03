/** Asks a provider for the least it can be asked, with the key that a call would have. */
import { choicesOf, kindsOf, type PlacedChoice, type TenantConfig } from '../shared/config/index.ts';
import type { NumberRow } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import type { KeyRing } from '../shared/provider-keys.ts';
import { specOf } from '../shared/providers/index.ts';
import { openKeyOf } from './call-keys.ts';
import type { UsableAgent } from './config-read.ts';
import { givenFor, type ProviderKeys, serviceOf } from './providers/index.ts';
import type { Probe } from './providers/provider.ts';

export interface ProbedChoice {
  /** Where the choice is written: `stt`, `stt.fallbacks.0`. */
  readonly path: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: Probe['outcome'] | 'no_key';
  readonly sentence: string;
  readonly tookMs: number;
}

/** All of a number, at once. */
export function probeAgent(agent: UsableAgent, row: NumberRow, ring: KeyRing): Promise<ProbedChoice[]> {
  const placed = kindsOf(agent.config).flatMap((kind) => choicesOf(agent.config, kind));
  return Promise.all(
    placed.map((each) => {
      const key = openKeyOf(each, agent, row, ring);
      if (key.outcome === 'missing') return unasked(each, `${key.problem}.`);
      const keys = new Map(key.outcome === 'opened' ? [[each.choice.provider, key.key]] : []);
      return probeChoice(each, agent.config, keys);
    }),
  );
}

/** Never throws. */
export async function probeChoice(
  placed: PlacedChoice,
  config: TenantConfig,
  keys: ProviderKeys,
): Promise<ProbedChoice> {
  const { kind, choice } = placed;
  try {
    const probe = await serviceOf(kind, choice.provider).probe(choice, givenFor(placed, config, keys));
    const sentence = probe.outcome === 'works' ? `works, in ${probe.tookMs} ms` : probe.sentence;
    return { ...nameOf(placed), outcome: probe.outcome, sentence, tookMs: probe.tookMs };
  } catch (thrown) {
    const sentence = `cannot be asked: ${coerceError(thrown).message}.`;
    return { ...nameOf(placed), outcome: 'failed', sentence, tookMs: 0 };
  }
}

export function unasked(placed: PlacedChoice, sentence: string): ProbedChoice {
  return { ...nameOf(placed), outcome: 'no_key', sentence, tookMs: 0 };
}

function nameOf({ path, kind, choice }: PlacedChoice) {
  const model = choice.model ?? specOf(choice.provider)?.[kind]?.defaultModel ?? '';
  return { path, provider: choice.provider, model };
}
