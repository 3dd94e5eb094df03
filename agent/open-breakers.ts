/**
 * Leaves out providers that failed this organisation's calls a moment ago: whoever stands behind them serves from the first
 * word on, and no caller waits for them to fail once more.
 */
import { type ConfigProblem, choicesOf, kindsOf, type TenantConfig } from '../shared/config/index.ts';
import type { Kind } from '../shared/providers/provider.ts';

export interface Spared {
  readonly config: TenantConfig;
  readonly problems: readonly ConfigProblem[];
  /** Work that nobody is left to do; there the configuration is as it was. */
  readonly unserved: readonly Kind[];
}

/** @param open names of providers to do without */
export function withoutOpen(config: TenantConfig, open: ReadonlySet<string>): Spared {
  const problems: ConfigProblem[] = [];
  const unserved: Kind[] = [];
  const changed: [Kind, unknown][] = [];
  for (const kind of kindsOf(config)) {
    const choices = choicesOf(config, kind);
    const left = choices.filter(({ choice }) => !open.has(choice.provider));
    if (left.length === choices.length) continue;
    for (const { path, choice } of choices)
      if (open.has(choice.provider))
        problems.push({ path, message: `${choice.provider} is left out while its breaker is open`, layer: null });
    const [first, ...fallbacks] = left.map(({ choice }) => choice);
    if (first === undefined) unserved.push(kind);
    else changed.push([kind, Object.freeze({ ...first, fallbacks: Object.freeze(fallbacks) })]);
  }
  const spared = changed.length === 0 ? config : Object.freeze({ ...config, ...Object.fromEntries(changed) });
  return { config: spared, problems, unserved };
}
