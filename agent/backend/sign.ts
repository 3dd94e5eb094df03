import { createHmac } from 'node:crypto';

export interface SignedParts {
  /** Seconds since 1970. */
  readonly timestampS: number;
  readonly method: string;
  /** With the query, as it is sent. */
  readonly path: string;
  /** Empty when there is none. */
  readonly body: string;
}

/** Proves to a tenant's backend that a request is ours, whole and fresh. The format is in docs/backend.md. */
export function signatureOf({ timestampS, method, path, body }: SignedParts, key: string): string {
  const mac = createHmac('sha256', key).update(`${timestampS}.${method}.${path}.${body}`, 'utf8').digest('hex');
  return `t=${timestampS},v1=${mac}`;
}
