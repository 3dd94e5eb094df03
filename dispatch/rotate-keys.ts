/** Seals every stored key anew with the newest secret. Each row by itself, and only if nobody changed it meanwhile. */
import { coerceError } from '../shared/faults.ts';
import { type KeyRing, openProviderKey, sealProviderKey } from '../shared/provider-keys.ts';
import type { Operator, StoredSecret } from './operator.ts';

export type RotationOutcome =
  | { readonly kind: 'resealed' }
  /** What somebody stored while this ran stands. */
  | { readonly kind: 'changed meanwhile' }
  | { readonly kind: 'does not open'; readonly problem: string };

export interface RotatedKey {
  readonly key: StoredSecret;
  readonly outcome: RotationOutcome;
}

export interface RotationOptions {
  /** Opens every key, to know whether it could be done, and writes nothing. */
  readonly dryRun: boolean;
  /** Hears of each key. @param at from 1 */
  onKey(rotated: RotatedKey, at: number, of: number): void;
}

/** A key that does not open is left as it is, and the others go on: it was as unusable before. */
export async function rotateKeys(operator: Operator, ring: KeyRing, options: RotationOptions): Promise<RotatedKey[]> {
  const stored = await operator.keysNotSealedBy(ring.newest.keyId);
  const rotated: RotatedKey[] = [];
  for (const key of stored) {
    const one = { key, outcome: await rotateKey(key, operator, ring, options.dryRun) };
    rotated.push(one);
    options.onKey(one, rotated.length, stored.length);
  }
  return rotated;
}

async function rotateKey(
  key: StoredSecret,
  operator: Operator,
  ring: KeyRing,
  dryRun: boolean,
): Promise<RotationOutcome> {
  const opened = open(key, ring);
  if (opened instanceof Error) return { kind: 'does not open', problem: opened.message };
  if (dryRun) return { kind: 'resealed' };
  const resealed = await operator.reseal(key, sealProviderKey(ring, key, opened));
  return { kind: resealed ? 'resealed' : 'changed meanwhile' };
}

function open(key: StoredSecret, ring: KeyRing): string | Error {
  try {
    return openProviderKey(ring, key, key);
  } catch (thrown) {
    return coerceError(thrown);
  }
}
