import type { JsonValue } from './merge.ts';

/** Undefined for text that is no JSON: whoever reads it then says what is missing, or passes it over. */
export function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
