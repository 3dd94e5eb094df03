import { randomInt } from 'node:crypto';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** So many characters of A-Z, a-z and 0-9, as LiveKit writes its ids. */
export function randomId(length: number): string {
  return Array.from({ length }, () => base62[randomInt(base62.length)]).join('');
}
