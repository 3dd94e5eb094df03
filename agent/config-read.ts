/**
 * Reads one number, merges and checks its configuration, and finds a version that works when the one written now does not:
 * a business that saved nonsense past every check is still answered, with what it had before.
 */
import {
  type ConfigOutcome,
  type ConfigProblem,
  type Origins,
  resolveConfig,
  type TenantConfig,
} from '../shared/config/index.ts';
import type { NumberRow } from '../shared/contracts.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import type { NumberSource } from './config-source.ts';

const mostStepsBack = 5;
const stepBackDeadlineMs = 1_000;

/** A number as the database had it, and the agent that comes of it. */
export interface KnownNumber {
  readonly row: NumberRow;
  readonly agent: AgentConfig;
}

export interface UsableAgent {
  readonly outcome: 'usable';
  /** Frozen, and shared by all calls of the number. */
  readonly config: TenantConfig;
  readonly origins: Origins;
  readonly revision: number;
  /** Null: this is what is written now. Else what is wrong with that, and this is the newest version without it. */
  readonly broken: readonly ConfigProblem[] | null;
}

export type AgentConfig = UsableAgent | Exclude<ConfigOutcome, { outcome: 'usable' }>;

/**
 * @param before what was known of the number until now
 * @returns undefined: nobody's number
 * @throws DatabaseAway, DeadlinePassed, or what else the source throws
 */
export async function readNumber(
  called: string,
  source: NumberSource,
  { before, log }: { before: KnownNumber | undefined; log: Logger },
): Promise<KnownNumber | undefined> {
  const row = await source.find(called);
  if (row === undefined) return undefined;
  const agent = agentOf(row);
  if (agent.outcome !== 'invalid') return { row, agent };
  const good = await lastGood(called, row, source, workingAgent(before, row));
  const fields = { tenant: row.tenant, number: row.numberId, revision: row.configRevision, problems: agent.problems };
  if (good === undefined) {
    log.error(fields, 'a configuration does not pass its checks, and no older version does');
    return { row, agent };
  }
  log.error(
    { ...fields, lastGood: good.revision },
    'a configuration does not pass its checks: its last good version is used',
  );
  return { row, agent: { ...good, broken: agent.problems } };
}

export function agentOf(row: NumberRow): AgentConfig {
  const resolved = resolveConfig(row.layers, row.organizationName);
  return resolved.outcome === 'usable' ? { ...resolved, revision: row.configRevision, broken: null } : resolved;
}

/** What another organisation had on this number is not this one's to say. */
function workingAgent(before: KnownNumber | undefined, { tenant, numberId }: NumberRow): UsableAgent | undefined {
  if (before?.agent.outcome !== 'usable') return undefined;
  return before.row.tenant === tenant && before.row.numberId === numberId ? before.agent : undefined;
}

/** The database's history is asked first, because a version newer than the remembered one may work too. */
async function lastGood(
  called: string,
  row: NumberRow,
  source: NumberSource,
  remembered: UsableAgent | undefined,
): Promise<UsableAgent | undefined> {
  try {
    const search = stepBack(called, row, source, remembered?.revision ?? 0);
    return (await withDeadline('looking for a good version', stepBackDeadlineMs, search)) ?? remembered;
  } catch (thrown) {
    if (remembered === undefined) throw coerceError(thrown);
    return remembered;
  }
}

/** @param noOlderThan revision that is known to work: from there on nothing needs to be read */
async function stepBack(
  called: string,
  row: NumberRow,
  source: NumberSource,
  noOlderThan: number,
): Promise<UsableAgent | undefined> {
  let revision = row.configRevision;
  for (let step = 0; step < mostStepsBack; step++) {
    const older = await source.findBefore(called, revision);
    if (older === undefined || older.configRevision <= noOlderThan) return undefined;
    if (older.tenant !== row.tenant || older.numberId !== row.numberId) return undefined;
    const agent = agentOf(older);
    if (agent.outcome === 'usable') return agent;
    revision = older.configRevision;
  }
  return undefined;
}
