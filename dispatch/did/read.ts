/** Reads one `{DID}.json`: what is wrong with it is told by file, line and path, with the nearest known key. */
import type { z } from 'zod';
import { nearest } from '../../shared/config/nearest.ts';
import { isObject, type JsonObject } from '../../shared/merge.ts';
import { type FileProblem, type JsonFile, readJsonFile } from '../json-file.ts';
import { type DidFile, didFields, didFileSchema } from './fields.ts';

export type DidRead =
  | { readonly outcome: 'read'; readonly json: JsonFile; readonly did: DidFile }
  | { readonly outcome: 'broken'; readonly problems: readonly FileProblem[] };

const groups = ['openai', 'soniox'];

export function readDidFile(path: string): DidRead {
  const read = readJsonFile(path);
  if (read.outcome === 'broken') return read;
  const { json } = read;
  const parsed = didFileSchema.safeParse(withoutNulls(json.value));
  if (parsed.success) return { outcome: 'read', json, did: parsed.data };
  return { outcome: 'broken', problems: parsed.error.issues.flatMap((issue) => problemsOf(issue, json)) };
}

/** A null is as good as a key that is left out; what stands in custom_context is nobody's to change. */
function withoutNulls(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, groups.includes(key) && isObject(inner) ? withoutNulls(inner) : inner]),
  );
}

function problemsOf(issue: z.core.$ZodIssue, json: JsonFile): FileProblem[] {
  const path = issue.path.map(String).join('.');
  if (issue.code !== 'unrecognized_keys') return [json.problemAt(path, issue.message)];
  return issue.keys.map((key) => {
    const unknown = path === '' ? key : `${path}.${key}`;
    const meant = nearest(unknown, knownKeys);
    return json.problemAt(unknown, `no such key${meant === undefined ? '' : `: did you mean ${meant}?`}`);
  });
}

const knownKeys = [...groups, ...didFields.map(({ key }) => key)];
