/** Asks each provider of a configuration for the least it can be asked, from a terminal. */
import type { NumberRow } from '../../shared/contracts.ts';
import { type Environment, readSettings } from '../../shared/env.ts';
import { installLibraryLog } from '../call-context.ts';
import type { UsableAgent } from '../config-read.ts';
import { type ProbedChoice, probeAgent } from '../probe-choice.ts';
import { type CommandEnd, missingSettings } from './command.ts';

export async function probeNumber(
  agent: UsableAgent,
  row: NumberRow,
  environment: Environment,
): Promise<readonly ProbedChoice[] | CommandEnd> {
  const read = readSettings(['PROVIDER_KEYS_SECRET'], environment);
  if (read.outcome === 'incomplete') return missingSettings('no key can be opened', read.problems);
  installLibraryLog({ service: 'agent', level: 'fatal', showPii: false });
  return probeAgent(agent, row, read.settings.PROVIDER_KEYS_SECRET);
}
