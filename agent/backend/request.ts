/** What is asked of a backend, from a declared action and the arguments that a model gave. */
import type { Action } from '../../shared/config/tools.ts';
import type { JsonValue } from '../../shared/merge.ts';

export interface BackendRequest {
  readonly method: Action['method'];
  readonly url: URL;
  /** JSON; undefined for a request without a body. */
  readonly body: string | undefined;
}

export type Prepared =
  | { readonly outcome: 'prepared'; readonly request: BackendRequest }
  | { readonly outcome: 'unusable'; readonly problem: string };

type Arguments = Readonly<Record<string, JsonValue>>;

/**
 * Fills the parts of the path, then puts what is left into the query (GET) or the body.
 *
 * @param base address of the backend; its own path stays in front of every action's
 */
export function prepare({ method, path }: Pick<Action, 'method' | 'path'>, args: Arguments, base: string): Prepared {
  const left = new Map(Object.entries(args));
  let problem: string | undefined;
  const filled = path.replaceAll(/\{([^{}]+)\}/g, (_all, name: string) => {
    const part = pathPart(left.get(name));
    left.delete(name);
    if (part === undefined) problem ??= `${name} cannot be part of an address`;
    return part ?? '';
  });
  if (problem !== undefined) return { outcome: 'unusable', problem };
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}${filled}`;
  if (method !== 'GET') return { outcome: 'prepared', request: { method, url, body: bodyOf(left) } };
  for (const [name, value] of left) for (const text of queryTexts(value)) url.searchParams.append(name, text);
  return { outcome: 'prepared', request: { method, url, body: undefined } };
}

/** `.` and `..` would lead out of the action's path, however they are encoded. */
function pathPart(value: JsonValue | undefined): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value);
  return text === '' || text === '.' || text === '..' ? undefined : encodeURIComponent(text);
}

function queryTexts(value: JsonValue): string[] {
  if (value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue) => queryTexts(item));
  return [typeof value === 'object' ? JSON.stringify(value) : String(value)];
}

function bodyOf(args: ReadonlyMap<string, JsonValue>): string {
  return JSON.stringify(Object.fromEntries(args));
}
