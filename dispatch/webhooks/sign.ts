/** Signatures as Standard Webhooks has them (standardwebhooks.com), so that tenants verify with a library that they have. */
import { createHmac } from 'node:crypto';
import { keyOf } from './secret.ts';

export interface SignedMessage {
  /** The same at each attempt. */
  readonly id: string;
  /** Of this attempt, in seconds since 1970. */
  readonly timestampS: number;
  /** As it is sent, byte for byte. */
  readonly body: string;
}

/** @throws Error when that is no secret */
export function signedHeaders({ id, timestampS, body }: SignedMessage, secret: string): Record<string, string> {
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${timestampS}.${body}`, 'utf8').digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(timestampS), 'webhook-signature': `v1,${mac}` };
}
