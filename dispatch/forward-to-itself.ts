import type { ConfigProblem } from '../shared/config/index.ts';
import { isObject, type JsonObject } from '../shared/merge.ts';

/**
 * Admission refuses callers who are sent to the number they dialled as busy, so whoever writes this expects something else.
 * @param number whose override it is; null: it is no override
 */
export function forwardToItself({ refusal }: JsonObject, number: string | null): ConfigProblem[] {
  if (number === null || !isObject(refusal) || refusal.to !== number) return [];
  return [{ path: 'refusal.to', message: 'is the number itself', layer: 'number' }];
}
