/**
 * Secrets of endpoints. Each is shown once, when it is made, and kept sealed like provider keys, bound to its tenant and the
 * name `webhook`: `dispatch keys rotate` seals them anew with the others.
 */
import { randomBytes } from 'node:crypto';
import type { TenantKey } from '../../shared/ids.ts';
import {
  type KeyOwner,
  type KeyRing,
  openProviderKey,
  type SealedKey,
  sealProviderKey,
} from '../../shared/provider-keys.ts';

const prefix = 'whsec_';
const newBytes = 32;
/** What Standard Webhooks allows. */
const [fewestBytes, mostBytes] = [24, 64];

export function newSecret(): string {
  return `${prefix}${randomBytes(newBytes).toString('base64')}`;
}

export function sealSecret(ring: KeyRing, tenant: TenantKey, secret: string): SealedKey {
  return sealProviderKey(ring, ownerOf(tenant), secret);
}

/** @throws Error when it was sealed with another secret, or for another tenant */
export function openSecret(ring: KeyRing, tenant: TenantKey, sealed: SealedKey): string {
  return openProviderKey(ring, ownerOf(tenant), sealed);
}

/** What signatures are made with. @throws Error, which shows nothing of it, when that is no secret */
export function keyOf(secret: string): Buffer {
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : '', 'base64');
  if (key.length < fewestBytes || key.length > mostBytes)
    throw new Error(`a secret is ${prefix} and ${fewestBytes} to ${mostBytes} bytes in base64`);
  return key;
}

function ownerOf(tenant: TenantKey): KeyOwner {
  return { tenant, provider: 'webhook' };
}
