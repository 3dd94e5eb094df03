/** What is wrong with the configuration that a number has. */
import type { ConfigProblem } from '../shared/config/index.ts';
import { reasons } from '../shared/reasons.ts';
import { missingKeys } from './call-keys.ts';
import type { KnownNumber } from './config-read.ts';

export function problemsOf({ row, agent }: KnownNumber): readonly ConfigProblem[] {
  switch (agent.outcome) {
    case 'missing':
      return [{ path: '', message: reasons.config_missing.sentence, layer: null }];
    case 'invalid':
      return agent.problems;
    case 'usable':
      return [...(agent.broken ?? []), ...missingKeys(agent, row)];
  }
}
