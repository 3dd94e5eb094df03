/**
 * Leaves out providers that failed this organisation's calls a moment ago: whoever stands behind them serves from the first
 * word on, and no caller waits for them to fail once more.
 *
 * A breaker is one provider's, whatever the work: a voice that failed opens it for the model of the same provider too. Work
 * that nobody else could do is therefore done as configured; when that fails in earnest, the organisation's own breaker opens.
 */
import { type ConfigProblem, choicesOf, kindsOf, type TenantConfig } from '../shared/config/index.ts';
import type { Kind } from '../shared/providers/provider.ts';

export interface Spared {
  readonly config: TenantConfig;
  readonly problems: readonly ConfigProblem[];
}

/** @param open names of providers to do without */
export function withoutOpen(config: TenantConfig, open: ReadonlySet<string>): Spared {
  const problems: ConfigProblem[] = [];
  const changed: [Kind, unknown][] = [];
  for (const kind of kindsOf(config)) {
    const choices = choicesOf(config, kind);
    const [first, ...fallbacks] = choices.map(({ choice }) => choice).filter(({ provider }) => !open.has(provider));
    const becomes = first === undefined ? 'is used although' : 'is left out while';
    for (const { path, choice } of choices)
      if (open.has(choice.provider))
        problems.push({ path, message: `${choice.provider} ${becomes} its breaker is open`, layer: null });
    if (first !== undefined && fallbacks.length + 1 < choices.length)
      changed.push([kind, Object.freeze({ ...first, fallbacks: Object.freeze(fallbacks) })]);
  }
  const spared = changed.length === 0 ? config : Object.freeze({ ...config, ...Object.fromEntries(changed) });
  return { config: spared, problems };
}
