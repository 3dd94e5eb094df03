/** What only the whole configuration can show: whether its parts fit together, and who may say what. */
import { isInsideHost } from '../network.ts';
import { checkChoice } from '../providers/index.ts';
import type { Kind } from '../providers/provider.ts';
import { checkAbilities } from './abilities.ts';
import { checkActions } from './actions.ts';
import type { Choice } from './pipeline.ts';
import { type LayerName, type Origins, writerOf } from './problem.ts';
import type { TenantConfig } from './schema.ts';
import { checkTemplates } from './templates.ts';

interface Found {
  readonly path: string;
  readonly message: string;
}

export function checkRules(config: TenantConfig, origins: Origins): Found[] {
  return [
    ...checkProviders(config),
    ...checkDestinations(config),
    ...checkTurns(config),
    ...checkActions(config),
    ...checkTemplates(config),
    ...checkAbilities(config),
    ...checkAddresses(config, origins),
  ];
}

/** The kinds of service that a call with this configuration uses. */
export function kindsOf({ mode }: TenantConfig): readonly Kind[] {
  return mode === 'realtime' ? ['realtime'] : ['stt', 'llm', 'tts'];
}

export interface PlacedChoice {
  readonly kind: Kind;
  /** Where it is written: `stt`, `stt.fallbacks.0`. */
  readonly path: string;
  readonly choice: Choice;
}

/** Of one kind, the first one first, then its fallbacks in order. */
export function choicesOf(config: TenantConfig, kind: Kind): readonly PlacedChoice[] {
  const { fallbacks, ...first } = config[kind];
  const behind = fallbacks.map((choice, at) => ({ kind, path: `${kind}.fallbacks.${at}`, choice }));
  return [{ kind, path: kind, choice: first }, ...behind];
}

function checkProviders(config: TenantConfig): Found[] {
  return kindsOf(config)
    .flatMap((kind) => choicesOf(config, kind))
    .flatMap(({ kind, path, choice }) =>
      checkChoice(kind, choice, config.language).map((problem) => ({ ...problem, path: `${path}.${problem.path}` })),
    );
}

function checkDestinations({ tools, apology, hours }: TenantConfig): Found[] {
  const known = tools.transfer.destinations.filter(({ enabled }) => enabled).map(({ id }) => id);
  const wanted = [
    { path: 'apology.transfer_to', id: apology.transfer_to, needed: apology.action === 'transfer' },
    { path: 'hours.closed.forward_to', id: hours.closed.forward_to, needed: hours.closed.action === 'forward' },
  ];
  return wanted.flatMap(({ path, id, needed }) => {
    if (id === null) return needed ? [{ path, message: 'which destination is meant?' }] : [];
    if (known.includes(id)) return [];
    return [
      {
        path,
        message: `no enabled destination of tools.transfer has the id ${id}; there are: ${known.join(', ') || 'none'}`,
      },
    ];
  });
}

function checkTurns({ turn, refusal }: TenantConfig): Found[] {
  const found: Found[] = [];
  if (turn.max_endpointing_ms < turn.min_endpointing_ms)
    found.push({
      path: 'turn.max_endpointing_ms',
      message: `is below min_endpointing_ms (${turn.min_endpointing_ms})`,
    });
  if (refusal.action === 'forward' && refusal.to === null)
    found.push({ path: 'refusal.to', message: 'which number is meant?' });
  return found;
}

const ownersLayers: readonly (LayerName | null)[] = ['built-in', 'platform', null];

function checkAddresses(config: TenantConfig, origins: Origins): Found[] {
  return addressesOf(config).flatMap(({ path, url }) => {
    if (ownersLayers.includes(writerOf(path, origins))) return [];
    const { hostname, host } = new URL(url);
    if (!isInsideHost(hostname) || config.owner.private_hosts.includes(host)) return [];
    return [
      { path, message: `${host} is on the inside of the platform; its owner can allow it (owner.private_hosts)` },
    ];
  });
}

function addressesOf(config: TenantConfig): { path: string; url: string }[] {
  const written = [
    ...kindsOf(config).flatMap((kind) =>
      choicesOf(config, kind).map(({ path, choice }) => ({ path: `${path}.base_url`, url: choice.base_url })),
    ),
    ...Object.entries(config.providers).map(([name, { base_url: url }]) => ({
      path: `providers.${name}.base_url`,
      url,
    })),
    { path: 'backend.url', url: config.backend.url },
    { path: 'greeting.audio_url', url: config.greeting.audio_url },
    { path: 'apology.audio_url', url: config.apology.audio_url },
    { path: 'hours.closed.audio_url', url: config.hours.closed.audio_url },
    { path: 'refusal.audio_url', url: config.refusal.audio_url },
  ];
  return written.flatMap(({ path, url }) => (url === null ? [] : [{ path, url }]));
}

/**
 * The layer that says where a choice's key is sent. The platform's own key goes only where the platform itself sends it: else
 * a tenant could name a server of its own and read the key there.
 */
export function addressWriter(config: TenantConfig, origins: Origins, { path, choice }: PlacedChoice): LayerName {
  if (choice.base_url !== null) return writerOf(`${path}.base_url`, origins) ?? 'built-in';
  const named = config.providers[choice.provider]?.base_url ?? null;
  return named === null ? 'built-in' : (writerOf(`providers.${choice.provider}.base_url`, origins) ?? 'built-in');
}
