/**
 * `dispatch provision`: makes LiveKit's trunk and dispatch rule what `sip-trunk.json` says. Both are found by their name;
 * what has another name is left alone, and so is a field that the file does not speak of, such as a trunk's password.
 * Running it again changes nothing.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LivekitOptions } from './livekit.ts';
import { connectSip, type Fields, type SipEntries } from './livekit-sip.ts';
import { type TrunkFile, trunkPlaceholder } from './trunk-file.ts';

export interface Difference {
  /** Dotted path in the words of LiveKit's SIP API. */
  readonly path: string;
  readonly have: unknown;
  readonly want: unknown;
}

export interface Change {
  readonly what: 'trunk' | 'dispatch rule';
  readonly name: string;
  readonly kind: 'none' | 'create' | 'update';
  readonly differences: readonly Difference[];
}

interface Target {
  readonly what: Change['what'];
  readonly entries: SipEntries;
  readonly wanted: Fields & { readonly name: string };
  /** Says what would change and changes nothing. */
  readonly dryRun: boolean;
}

/** @throws Error in words for people: no SIP API, no answer, two entries of the same name */
export async function provision(file: TrunkFile, options: LivekitOptions & { dryRun: boolean }): Promise<Change[]> {
  const { trunks, rules } = connectSip(options);
  const { dryRun } = options;
  const trunk = await bring({ what: 'trunk', entries: trunks, wanted: file.trunk, dryRun });
  // Before the first run there is no trunk yet, and a dry run makes none.
  const wanted = { ...file.dispatchRule, trunkIds: [trunk.id ?? trunkPlaceholder] };
  const rule = await bring({ what: 'dispatch rule', entries: rules, wanted, dryRun });
  return [trunk.change, rule.change];
}

/** Brings one entry to what is wanted. */
async function bring({ what, entries, wanted, dryRun }: Target): Promise<{ change: Change; id: string | undefined }> {
  const { name } = wanted;
  const [present, ...more] = (await entries.list()).filter(({ fields }) => fields.name === name);
  if (more.length > 0)
    throw new Error(`LiveKit has ${more.length + 1} entries named ${name} (${what}): delete all but one.`);

  const target = entries.normalized({ ...present?.fields, ...wanted });
  const differences = differencesBetween(present?.fields ?? {}, target);
  if (present === undefined) {
    const created = dryRun ? undefined : await entries.create(target);
    return { change: { what, name, kind: 'create', differences }, id: created?.id };
  }
  if (differences.length === 0) return { change: { what, name, kind: 'none', differences }, id: present.id };
  if (!dryRun) await entries.replace(present.id, target);
  return { change: { what, name, kind: 'update', differences }, id: present.id };
}

function differencesBetween(have: Fields, want: Fields): Difference[] {
  const [had, wanted] = [leaves(have), leaves(want)];
  return [...new Set([...had.keys(), ...wanted.keys()])]
    .map((path) => ({ path, have: had.get(path), want: wanted.get(path) }))
    .filter((field) => !isDeepStrictEqual(field.have, field.want));
}

/** Every value of an object by its dotted path; a list is one value. */
function leaves(value: Fields, prefix = ''): Map<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [key, inner] of Object.entries(value)) {
    const path = `${prefix}${key}`;
    if (isFields(inner)) for (const [below, leaf] of leaves(inner, `${path}.`)) found.set(below, leaf);
    else found.set(path, inner);
  }
  return found;
}

function isFields(value: Fields[string] | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
