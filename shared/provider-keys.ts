/**
 * Provider keys at rest: AES-256-GCM, one random nonce a key. The tenant key and the provider are bound in as additional
 * data, so a ciphertext copied into another tenant's row does not open.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TenantKey } from './ids.ts';

const nonceBytes = 12;
const tagBytes = 16;

export interface KeyOwner {
  readonly tenant: TenantKey;
  readonly provider: string;
}

/** @param secret 32 bytes @returns base64 of nonce, tag and ciphertext */
export function sealProviderKey(secret: Buffer, owner: KeyOwner, key: string): string {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes });
  cipher.setAAD(boundData(owner));
  const sealed = Buffer.concat([cipher.update(key, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** @throws Error when the secret is another one or the text was sealed for somebody else */
export function openProviderKey(secret: Buffer, owner: KeyOwner, ciphertext: string): string {
  const bytes = Buffer.from(ciphertext, 'base64');
  try {
    const nonce = bytes.subarray(0, nonceBytes);
    const decipher = createDecipheriv('aes-256-gcm', secret, nonce, { authTagLength: tagBytes });
    decipher.setAAD(boundData(owner));
    decipher.setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
    return decipher.update(bytes.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new Error(`the ${owner.provider} key of ${owner.tenant} does not open: was PROVIDER_KEYS_SECRET changed?`, {
      cause,
    });
  }
}

function boundData(owner: KeyOwner): Buffer {
  return Buffer.from(`${owner.tenant}\n${owner.provider}`, 'utf8');
}
