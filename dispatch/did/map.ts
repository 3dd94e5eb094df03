/** From a `{DID}.json` to the configuration of an agent, with the way back from each setting to the key it came from. */
import { isObject, type JsonObject, type JsonValue } from '../../shared/merge.ts';
import { type DidField, type DidFile, type DidScope, didFields, isRealtime } from './fields.ts';

export interface MappedDid {
  readonly config: JsonObject;
  /** The key of the file that a setting came from; empty when none did. */
  sourceOf(path: string): string;
  /** What whoever imports the file should know. */
  readonly notes: readonly string[];
}

export function mapDidFile(file: DidFile, scope: DidScope): MappedDid {
  const placed = didFields
    .filter((field) => isTaken(field, file))
    .flatMap((field) => field.place(file, scope).map(([path, value]) => ({ key: field.key, path, value })));
  let config: JsonObject = {};
  for (const { path, value } of placed) if (value !== undefined) config = written(config, path.split('.'), value);
  const sources = new Map(placed.map(({ key, path }) => [path, key]));
  return { config, notes: notesOn(file), sourceOf: (path) => sourceOf(path, sources) };
}

function isTaken({ key }: DidField, file: DidFile): boolean {
  const [group = '', name] = key.split('.');
  if (group === 'soniox' && file.soniox?.enabled !== true) return false;
  const value = valueIn(file, group);
  return (name === undefined ? value : valueIn(Object(value), name)) !== undefined;
}

function valueIn(holder: object, key: string): unknown {
  return Object.entries(holder).find(([known]) => known === key)?.[1];
}

/** What was written before stays beside it: restaurant_id in custom_context. */
function written(into: JsonObject, [key = '', ...deeper]: readonly string[], value: JsonValue): JsonObject {
  const inside = into[key];
  const below = isObject(inside) ? inside : {};
  if (deeper.length > 0) return { ...into, [key]: written(below, deeper, value) };
  return { ...into, [key]: isObject(value) ? { ...value, ...below } : value };
}

/** The longest known beginning of the path. */
function sourceOf(path: string, sources: ReadonlyMap<string, string>): string {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    const key = sources.get(at);
    const rest = path.slice(at.length);
    // Inside free data the way goes on as in the file.
    if (key !== undefined) return key === 'custom_context' || rest === '' ? `${key}${rest}` : key;
  }
  return '';
}

function notesOn(file: DidFile): string[] {
  const notes: string[] = [];
  const { soniox, openai } = file;
  if (soniox !== undefined && soniox.enabled !== true) notes.push('soniox is not enabled, so nothing of it is taken');
  if (isRealtime(file) && openai?.temperature !== undefined)
    notes.push(`${openai.model} takes no temperature: it is kept for the mode pipeline`);
  if (isRealtime(file) && soniox?.enabled === true)
    notes.push(`${openai?.model} hears by itself: soniox is kept for the mode pipeline`);
  return notes;
}
