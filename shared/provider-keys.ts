/**
 * Provider keys at rest: AES-256-GCM, one random nonce a key. The tenant key and the provider are bound in as additional
 * data, so a ciphertext copied into another tenant's row does not open.
 *
 * Several secrets may be in use at once, each under a key id that is stored beside what it sealed: while keys are resealed
 * from the old secret to the new one, both open and only the new one seals.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TenantKey } from './ids.ts';

const nonceBytes = 12;
const tagBytes = 16;

/** Owner of the platform's own keys. No tenant key can be this. */
export const platformOwner = '*';

export interface KeyOwner {
  readonly tenant: TenantKey | typeof platformOwner;
  readonly provider: string;
}

/** The secrets that open keys, by key id, and which of them seals. */
export interface KeyRing {
  readonly newest: { readonly keyId: string; readonly secret: Buffer };
  readonly secrets: ReadonlyMap<string, Buffer>;
}

export interface SealedKey {
  readonly keyId: string;
  /** Base64 of nonce, tag and ciphertext. */
  readonly ciphertext: string;
}

const entry = /^(?:(?<keyId>[a-z0-9-]{1,32}):)?(?<hex>[0-9a-f]{64})$/i;
const firstKeyId = 'k1';

/**
 * Reads `<64 hex>`, which is k1, or `k2:<64 hex>,k1:<64 hex>`: the first one seals, all of them open.
 * @throws Error that shows nothing of the secrets
 */
export function parseKeyRing(text: string): KeyRing {
  const secrets = new Map<string, Buffer>();
  for (const part of text.split(',')) {
    const { keyId = firstKeyId, hex } = entry.exec(part.trim())?.groups ?? {};
    if (hex === undefined)
      throw new Error('wanted: 64 hexadecimal digits, or several as k2:<64 digits>,k1:<64 digits>');
    if (secrets.has(keyId)) throw new Error(`the key id ${keyId} is there twice`);
    secrets.set(keyId, Buffer.from(hex, 'hex'));
  }
  const [first] = secrets;
  if (first === undefined) throw new Error('no secret is named');
  return { newest: { keyId: first[0], secret: first[1] }, secrets };
}

export function sealProviderKey({ newest }: KeyRing, owner: KeyOwner, key: string): SealedKey {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', newest.secret, nonce, { authTagLength: tagBytes });
  cipher.setAAD(boundData(owner));
  const sealed = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
  return { keyId: newest.keyId, ciphertext: Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64') };
}

/** @throws Error when the secret is not in the ring or another one, or the text was sealed for somebody else */
export function openProviderKey(ring: KeyRing, owner: KeyOwner, { keyId, ciphertext }: SealedKey): string {
  const secret = ring.secrets.get(keyId);
  if (secret === undefined)
    throw new Error(
      `${nameOf(owner)} does not open: it is sealed under ${keyId}, which PROVIDER_KEYS_SECRET does not have`,
    );
  const bytes = Buffer.from(ciphertext, 'base64');
  try {
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes });
    decipher.setAAD(boundData(owner));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new Error(`${nameOf(owner)} does not open: was PROVIDER_KEYS_SECRET changed?`, { cause });
  }
}

function nameOf({ tenant, provider }: KeyOwner): string {
  return `the ${provider} key of ${tenant === platformOwner ? 'the platform' : tenant}`;
}

function boundData(owner: KeyOwner): Buffer {
  return Buffer.from(`${owner.tenant}\n${owner.provider}`, 'utf8');
}
