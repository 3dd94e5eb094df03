/**
 * May this call be answered, by whom, and with whose keys? Everything is decided here, before any audio is published,
 * because until then the caller hears ringing and a refusal is still a plain busy tone.
 */

import type { ConfigSource } from '../shared/call-record.ts';
import type { ConfigProblem, TenantConfig } from '../shared/config/index.ts';
import type { NumberRow } from '../shared/contracts.ts';
import type { KeyRing } from '../shared/provider-keys.ts';
import type { RefusalReason } from '../shared/reasons.ts';
import { openKeys } from './call-keys.ts';
import type { Claim } from './claim.ts';
import type { Lookup } from './config-cache.ts';
import type { UsableAgent } from './config-read.ts';
import type { CallIdentity } from './identify.ts';
import { withoutOpen } from './open-breakers.ts';
import type { Call } from './open-call.ts';
import type { ProviderKeys } from './providers/index.ts';

export interface OpenGate {
  readonly outcome: 'open';
  /** Without the fallbacks that have no key, and without the providers whose breaker is open, where others can do their work. */
  readonly config: TenantConfig;
  readonly keys: ProviderKeys;
  readonly revision: number;
  readonly source: ConfigSource;
  /** What is wrong without keeping the call from being answered. */
  readonly problems: readonly ConfigProblem[];
}

export type Gate = OpenGate | Refusal;

export interface Refusal {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
  /** What to look at, for the log. */
  readonly problems?: readonly ConfigProblem[];
  readonly cause?: Error;
}

const refused = (reason: RefusalReason, more: Omit<Refusal, 'outcome' | 'reason'> = {}): Refusal => ({
  outcome: 'refused',
  reason,
  ...more,
});

const noProviders: ReadonlySet<string> = new Set();

interface FoundAgent {
  readonly outcome: 'found';
  readonly row: NumberRow;
  readonly agent: UsableAgent;
  readonly fresh: boolean;
}

/** Whose agent answers here, with whatever keys. */
function findAgent(identity: CallIdentity, lookup: Lookup): FoundAgent | Refusal {
  if (lookup.outcome === 'away') return refused('database_away', { cause: lookup.cause });
  if (lookup.outcome === 'broken') return refused('agent_failed', { cause: lookup.cause });
  if (lookup.outcome === 'nobody') return refused('unknown_number');
  const { row, agent } = lookup.number;
  if (row.tenant !== identity.tenant || row.numberId !== identity.number) return refused('tenant_mismatch');
  if (!row.active) return refused('number_inactive');
  if (!row.organizationActive) return refused('organization_inactive');
  if (agent.outcome === 'missing') return refused('config_missing');
  if (agent.outcome === 'invalid') return refused('config_invalid', { problems: agent.problems });
  return { outcome: 'found', row, agent, fresh: lookup.from === 'database' };
}

/** @param keyRing opens stored keys @param claim says which providers to do without */
export function openGate(identity: CallIdentity, lookup: Lookup, keyRing: KeyRing, claim: Claim): Gate {
  const found = findAgent(identity, lookup);
  if (found.outcome === 'refused') return found;
  const { row, agent, fresh } = found;
  const opened = openKeys(agent, row, keyRing);
  if (opened.outcome === 'sealed') return refused('agent_failed', { cause: opened.cause });
  if (opened.outcome === 'missing') return refused('provider_key_missing', { problems: opened.problems });
  const { keys } = opened;
  const open = claim.outcome === 'ours' ? claim.openProviders : noProviders;
  const { config, problems: spared } = withoutOpen(opened.config, open);
  const source = agent.broken !== null ? 'last_good' : fresh ? 'current' : 'stale';
  return {
    outcome: 'open',
    config,
    keys,
    revision: agent.revision,
    source,
    problems: [...(agent.broken ?? []), ...opened.problems, ...spared],
  };
}

/** Keeps which configuration the call has, and says what is not as it should be. */
export function noteConfig({ record, log }: Call, { revision, source, problems }: OpenGate, claim: Claim): void {
  // Who cannot reach the database to take the call cannot know that nothing changed either.
  const seen = source === 'current' && claim.outcome === 'away' ? 'stale' : source;
  record.noteConfig(revision, seen);
  if (seen !== 'current')
    log.warn({ config: { revision, source: seen } }, 'the configuration is not known to be current');
  if (problems.length > 0) log.warn({ problems }, 'the call is answered without what is wrong in its configuration');
}
