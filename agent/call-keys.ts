/**
 * Opens the stored keys that one call uses, and no others: of the providers of its configuration and of its own backend.
 *
 * The platform's keys, which its owner may lend to tenants without their own, go only where the platform itself sends them.
 * A tenant chooses the addresses of its providers and its backend, and could otherwise read there what it was lent.
 */
import {
  addressWriter,
  type ConfigProblem,
  choicesOf,
  kindsOf,
  type PlacedChoice,
  type TenantConfig,
  writerOf,
} from '../shared/config/index.ts';
import type { NumberRow, StoredKey } from '../shared/contracts.ts';
import { coerceError } from '../shared/faults.ts';
import { type KeyRing, openProviderKey, platformOwner } from '../shared/provider-keys.ts';
import { specOf } from '../shared/providers/index.ts';
import type { UsableAgent } from './config-read.ts';
import type { ProviderKeys } from './providers/index.ts';

export type OpenedKeys =
  | {
      readonly outcome: 'opened';
      /** Without the fallbacks that have no key. */
      readonly config: TenantConfig;
      readonly keys: ProviderKeys;
      readonly problems: readonly ConfigProblem[];
    }
  | { readonly outcome: 'missing'; readonly problems: readonly ConfigProblem[] }
  /** A key is there and does not open. */
  | { readonly outcome: 'sealed'; readonly cause: Error };

/** What a choice or the backend can have of a key. */
type Need = { readonly key: StoredKey | null } | { readonly problem: string };

interface PlacedNeed {
  /** Where the configuration says so. */
  readonly path: string;
  readonly need: Need;
}

/** Keys that the agent wants and has not; only without those of fallbacks can it answer. */
export function missingKeys(agent: UsableAgent, row: NumberRow): ConfigProblem[] {
  return problemsOf(needsOf(agent, row), agent);
}

function problemsOf(needs: readonly PlacedNeed[], { origins }: UsableAgent): ConfigProblem[] {
  return needs.flatMap(({ path, need }) =>
    'problem' in need ? [{ path, message: need.problem, layer: writerOf(path, origins) }] : [],
  );
}

export function openKeys(agent: UsableAgent, row: NumberRow, ring: KeyRing): OpenedKeys {
  const all = needsOf(agent, row);
  const problems = problemsOf(all, agent);
  const fatal = problems.filter(({ path }) => !isFallback(path));
  if (fatal.length > 0) return { outcome: 'missing', problems: fatal };
  const keys = new Map<string, string>();
  for (const { path, need } of all) {
    if ('problem' in need || need.key === null) continue;
    try {
      keys.set(need.key.provider, openKey(need.key, row, ring));
    } catch (thrown) {
      const cause = coerceError(thrown);
      if (!isFallback(path)) return { outcome: 'sealed', cause };
      problems.push({ path, message: cause.message, layer: null });
    }
  }
  const dropped = new Set(problems.map(({ path }) => path));
  return { outcome: 'opened', config: withoutFallbacks(agent.config, dropped), keys, problems };
}

export type KeyOfChoice =
  | { readonly outcome: 'opened'; readonly key: string }
  /** The provider asks for none. */
  | { readonly outcome: 'none' }
  | { readonly outcome: 'missing'; readonly problem: string };

/** The key of one choice by itself, for a probe. */
export function openKeyOf(placed: PlacedChoice, agent: UsableAgent, row: NumberRow, ring: KeyRing): KeyOfChoice {
  const need = needsOf(agent, row).find(({ path }) => path === placed.path)?.need ?? { key: null };
  if ('problem' in need) return { outcome: 'missing', problem: need.problem };
  if (need.key === null) return { outcome: 'none' };
  try {
    return { outcome: 'opened', key: openKey(need.key, row, ring) };
  } catch (thrown) {
    return { outcome: 'missing', problem: coerceError(thrown).message };
  }
}

function needsOf(agent: UsableAgent, row: NumberRow): PlacedNeed[] {
  const placed = kindsOf(agent.config).flatMap((kind) => choicesOf(agent.config, kind));
  const wanted = placed.map((choice) => ({ path: choice.path, need: keyOfChoice(choice, placed, agent, row) }));
  return [...wanted, ...backendNeeds(agent.config, row)];
}

function openKey(key: StoredKey, row: NumberRow, ring: KeyRing): string {
  const tenant = key.owner === 'platform' ? platformOwner : row.tenant;
  return openProviderKey(ring, { tenant, provider: key.provider }, key);
}

function keyOfChoice(
  placed: PlacedChoice,
  all: readonly PlacedChoice[],
  { config, origins }: UsableAgent,
  row: NumberRow,
): Need {
  const { provider } = placed.choice;
  const key = row.providerKeys.find((stored) => stored.provider === provider);
  const mayHave = (choice: PlacedChoice) =>
    key?.owner === 'organization' || ['built-in', 'platform'].includes(addressWriter(config, origins, choice));
  if (key !== undefined && mayHave(placed)) return { key };
  // Keys are held by provider: where another choice of this one has the platform's, this one must not be built.
  const lentElsewhere = key !== undefined && all.some((other) => other.choice.provider === provider && mayHave(other));
  if (specOf(provider)?.key === 'optional' && !lentElsewhere) return { key: null };
  const why =
    key === undefined ? '' : ': the one of the platform is not sent to an address that the platform did not choose';
  return { problem: `there is no key for ${provider}${why}` };
}

/** Secret headers and signatures go to the tenant's own server, so only its own keys will do. */
function backendNeeds({ backend }: TenantConfig, row: NumberRow): PlacedNeed[] {
  if (backend.url === null) return [];
  const named = Object.entries(backend.secret_headers).map(([header, name]) => ({
    path: `backend.secret_headers.${header}`,
    name,
  }));
  if (backend.signing_key !== null) named.push({ path: 'backend.signing_key', name: backend.signing_key });
  return named.map(({ path, name }) => {
    const key = row.providerKeys.find(({ provider, owner }) => provider === name && owner === 'organization');
    return { path, need: key === undefined ? { problem: `there is no stored key with the name ${name}` } : { key } };
  });
}

function isFallback(path: string): boolean {
  return /^(stt|llm|tts|realtime)\.fallbacks\./.test(path);
}

function withoutFallbacks(config: TenantConfig, dropped: ReadonlySet<string>): TenantConfig {
  const changed = kindsOf(config).flatMap((kind) => {
    const service = config[kind];
    const fallbacks = [...service.fallbacks].filter((_choice, at) => !dropped.has(`${kind}.fallbacks.${at}`));
    return fallbacks.length === service.fallbacks.length
      ? []
      : [[kind, Object.freeze({ ...service, fallbacks: Object.freeze(fallbacks) })] as const];
  });
  return changed.length === 0 ? config : Object.freeze({ ...config, ...Object.fromEntries(changed) });
}
