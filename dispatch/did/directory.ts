/** A directory of `{DID}.json` and `default.json`: the agents and numbers that it wants there to be. */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type TenantKey, tenantKeySchema } from '../../shared/ids.ts';
import { type DialledNumber, parseDialled } from '../../shared/phone.ts';
import { type FileProblem, type JsonFile, problemLine } from '../json-file.ts';
import type { DidFile } from './fields.ts';
import { type MappedDid, mapDidFile } from './map.ts';
import { readDidFile } from './read.ts';

export interface DidAgent {
  readonly file: string;
  readonly organization: TenantKey;
  /** What the business calls itself; empty: the file does not say. */
  readonly businessName: string;
  /** Name of the agent: that of the file. */
  readonly agent: string;
  /** `fallback`: for whatever number has no file of its own. */
  readonly answers: { readonly kind: 'number'; readonly number: DialledNumber } | { readonly kind: 'fallback' };
  readonly mapped: MappedDid;
  readonly json: JsonFile;
}

export type DidDirectory =
  | { readonly outcome: 'read'; readonly agents: readonly DidAgent[] }
  | { readonly outcome: 'broken'; readonly problems: readonly FileProblem[] };

const fallbackName = 'default';

/** @param organization whose numbers all of them are; undefined: each file says so. @throws Error when DIR cannot be read */
export function readDidDirectory(directory: string, organization: TenantKey | undefined): DidDirectory {
  const names = readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort();
  const read = names.map((name) => readDidAgent(join(directory, name), organization));
  const problems = [
    ...(names.length === 0 ? [{ file: directory, line: 1, path: '', message: 'there is no {DID}.json in it' }] : []),
    ...read.flatMap((one) => ('problems' in one ? one.problems : [])),
    ...sameNumberTwice(read.flatMap((one) => ('problems' in one ? [] : [one]))),
  ];
  if (problems.length > 0) return { outcome: 'broken', problems };
  return { outcome: 'read', agents: read.flatMap((one) => ('problems' in one ? [] : [one])) };
}

/** What the trunk may deliver so that a call reaches this number: the number as it is, and E.164 as exchanges write it. */
export function spellingsOf(number: string): string[] {
  if (!number.startsWith('+')) return [number];
  return [number, `00${number.slice(1)}`, number.slice(1)];
}

/** @param given the organisation, unless the file is to say it */
export function readDidAgent(
  file: string,
  given: TenantKey | undefined,
): DidAgent | { problems: readonly FileProblem[] } {
  const name = basename(file, '.json');
  const dialled = parseDialled(name);
  if (name !== fallbackName && dialled.kind === 'malformed') {
    const message = `the name of the file is no number: ${dialled.problem}; nor is it default.json`;
    return { problems: [{ file, line: 1, path: '', message }] };
  }
  const read = readDidFile(file);
  if (read.outcome === 'broken') return read;
  const { json, did } = read;
  const organization = given ?? organizationOf(did, name);
  if (organization === undefined) return { problems: [whoseIsIt(did, json)] };
  const clash = clashOf(did, given !== undefined);
  if (clash !== undefined) return { problems: [json.problemAt('restaurant_id', clash)] };
  return {
    file,
    organization,
    businessName: did.restaurant_name ?? '',
    agent: name,
    answers: dialled.kind === 'malformed' ? { kind: 'fallback' } : { kind: 'number', number: dialled.number },
    mapped: mapDidFile(did, { organizationGiven: given !== undefined }),
    json,
  };
}

/** The fallback agent may be nobody's in particular: then it has an organisation of its own. */
function organizationOf({ restaurant_id: id }: DidFile, name: string): TenantKey | undefined {
  const parsed = tenantKeySchema.safeParse(id ?? (name === fallbackName ? fallbackName : undefined));
  return parsed.success ? parsed.data : undefined;
}

function whoseIsIt({ restaurant_id: id }: DidFile, json: JsonFile): FileProblem {
  if (id === undefined)
    return json.problemAt('restaurant_id', 'whose number is it? Write it here, or give --organization');
  return json.problemAt(
    'restaurant_id',
    `${JSON.stringify(id)} cannot be a tenant key (1 to 128 of A-Z a-z 0-9 _ -): give --organization`,
  );
}

function clashOf({ restaurant_id: id, custom_context: context }: DidFile, organizationGiven: boolean) {
  const other = context?.['restaurant_id'];
  if (!organizationGiven || id === undefined || other === undefined || String(other) === id) return undefined;
  return `custom_context has another restaurant_id (${JSON.stringify(other)}), and with --organization this one goes there`;
}

function sameNumberTwice(agents: readonly DidAgent[]): FileProblem[] {
  const seen = new Map<string, string>();
  return agents.flatMap(({ file, answers }) => {
    if (answers.kind === 'fallback') return [];
    const before = seen.get(answers.number);
    seen.set(answers.number, file);
    if (before === undefined) return [];
    return [{ file, line: 1, path: '', message: `is the same number as ${basename(before)}` }];
  });
}

/** For people, a line each. */
export function problemText(problems: readonly FileProblem[]): string {
  return problems.map((problem) => `  ${problemLine(problem)}`).join('\n');
}
