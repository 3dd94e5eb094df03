/**
 * May this call be answered, by whom, and with whose keys? Everything is decided here, before any audio is published,
 * because until then the caller hears ringing and a refusal is still a plain busy tone.
 */
import { type ConfigProblem, resolveConfig, type TenantConfig } from '../shared/config/index.ts';
import type { NumberRow } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import { type KeyRing, openProviderKey } from '../shared/provider-keys.ts';
import type { RefusalReason } from '../shared/reasons.ts';
import type { CallIdentity } from './identify.ts';
import type { Lookup } from './lookup.ts';
import { type ProviderKeys, providersOf } from './providers/index.ts';

export type Gate = { readonly outcome: 'open'; readonly config: TenantConfig; readonly keys: ProviderKeys } | Refusal;

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

/** @param keyRing opens the organisation's provider keys */
export function openGate(identity: CallIdentity, lookup: Lookup, keyRing: KeyRing): Gate {
  if (lookup.outcome === 'away') return refused('database_away', { cause: lookup.cause });
  if (lookup.outcome === 'broken') return refused('agent_failed', { cause: lookup.cause });
  if (lookup.outcome === 'nobody') return refused('unknown_number');
  const { row } = lookup;
  if (row.tenant !== identity.tenant || row.numberId !== identity.number) return refused('tenant_mismatch');
  if (!row.active) return refused('number_inactive');
  if (!row.organizationActive) return refused('organization_inactive');
  const resolved = resolveConfig(row.layers, row.organizationName);
  if (resolved.outcome === 'missing') return refused('config_missing');
  if (resolved.outcome === 'invalid') return refused('config_invalid', { problems: resolved.problems });
  return openKeys(resolved.config, row, keyRing);
}

/** Only keys of this very organisation, only for the providers its agent uses. */
function openKeys(config: TenantConfig, row: NumberRow, keyRing: KeyRing): Gate {
  const keys = new Map<string, string>();
  for (const provider of providersOf(config)) {
    const stored = row.providerKeys.find((key) => key.provider === provider);
    if (stored === undefined) return refused('provider_key_missing');
    try {
      keys.set(provider, openProviderKey(keyRing, { tenant: row.tenant, provider }, stored));
    } catch (thrown) {
      return refused('agent_failed', { cause: coerceError(thrown) });
    }
  }
  return { outcome: 'open', config, keys };
}
