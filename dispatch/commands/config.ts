import { tableOf } from '../../shared/columns.ts';
import { type ConfigDifference, diffConfigs } from '../../shared/config/diff.ts';
import type { ConfigProblem } from '../../shared/config/index.ts';
import { coerceError } from '../../shared/faults.ts';
import { type JsonFile, parseJsonFile, problemLine, readJsonFile } from '../json-file.ts';
import type { LayerAddress, Operator, Version } from '../operator.ts';
import { type Command, flag, positionalsOf, readArguments, type Terminal, utcOf, WrongUse, word } from './command.ts';
import { differenceLines } from './difference.ts';
import { checkBeforeWriting, layerUsage, nameOfLayer, takeLayer, writeLayer } from './layer.ts';
import { openOperator } from './operator-access.ts';

export const config: Command = {
  usage: `dispatch config history LAYER [--limit N] [--json]
dispatch config diff LAYER [FROM [TO]] [--json]
dispatch config rollback LAYER REVISION [--dry-run] [--json]
dispatch config save LAYER FILE [--dry-run] [--json]

LAYER is ${layerUsage}

  history   every version, newest first: who saved it, when, and what was changed in it
  diff      what the active version changed, or the active one against FROM, or TO against FROM
  rollback  saves an old version again, as a new one, after it has passed today's checks
  save      checks the JSON in FILE (- is standard input) and saves it; calls from then on have it`,
  async run([verb = '', ...args], terminal) {
    const options = { limit: word, 'dry-run': flag, json: flag } as const;
    const { values, positionals } = readArguments(args, options);
    const { address, rest } = takeLayer(positionals);
    const asked = { address, json: values.json, dryRun: values['dry-run'], limit: limitOf(values.limit) };
    switch (verb) {
      case 'history':
        positionalsOf(rest, []);
        return history(asked, terminal);
      case 'diff':
        return diff(asked, rest, terminal);
      case 'rollback':
        return rollback(asked, revisionOf(positionalsOf(rest, ['REVISION']).REVISION), terminal);
      case 'save':
        return save(asked, positionalsOf(rest, ['FILE']).FILE, terminal);
      default:
        throw new WrongUse(`history, diff, rollback or save is wanted${verb === '' ? '' : `, not ${verb}`}`);
    }
  },
};

interface Asked {
  readonly address: LayerAddress;
  readonly json: boolean;
  readonly dryRun: boolean;
  readonly limit: number;
}

const mostVersions = 1000;

async function history({ address, json, limit }: Asked, { environment, say }: Terminal): Promise<0> {
  // One more than is shown, to say what the oldest of them changed.
  const found = await versionsOf(address, openOperator(environment), limit + 1);
  const shown = found.slice(0, limit).map((version, at) => {
    const { revision, savedAt, savedBy, active } = version;
    const changed = diffConfigs(found[at + 1]?.config ?? {}, version.config).map(({ path }) => path);
    return { revision, savedAt, savedBy, active, changed };
  });
  if (json) say(JSON.stringify(shown));
  else {
    const rows = shown.map(({ revision, savedAt, savedBy, active, changed }) => {
      const paths = changed.length > 3 ? [...changed.slice(0, 3), `${changed.length - 3} more`] : changed;
      return [String(revision), active ? 'active' : '', utcOf(savedAt), savedBy ?? 'nobody said', paths.join(', ')];
    });
    say(tableOf([['revision', '', 'saved at (UTC)', 'by', 'changed'], ...rows]));
  }
  return 0;
}

async function diff({ address, json }: Asked, rest: readonly string[], { environment, say }: Terminal): Promise<0> {
  const [first, second, ...surplus] = rest.map(revisionOf);
  if (surplus.length > 0) throw new WrongUse('at most two revisions can be compared');
  const versions = await versionsOf(address, openOperator(environment), mostVersions);
  const active = versions.findIndex((version) => version.active);
  const to = second === undefined ? versions[active] : versionWith(second, versions);
  const from = first === undefined ? versions[active + 1] : versionWith(first, versions);
  if (to === undefined) throw new Error(`${nameOfLayer(address)} has no active version`);
  const differences: ConfigDifference[] = diffConfigs(from?.config ?? {}, to.config);
  if (json) say(JSON.stringify({ from: from?.revision ?? null, to: to.revision, differences }));
  else {
    say(`${from === undefined ? 'nothing' : `revision ${from.revision}`} -> revision ${to.revision}`);
    say(differences.length === 0 ? '  no difference' : differenceLines(differences).join('\n'));
  }
  return 0;
}

async function rollback(asked: Asked, revision: number, { environment, say }: Terminal): Promise<0> {
  const { address, json, dryRun } = asked;
  const operator = openOperator(environment);
  const versions = await versionsOf(address, operator, mostVersions);
  const wanted = versionWith(revision, versions);
  const active = versions.find((version) => version.active);
  const problems = await checkBeforeWriting(address, wanted.config, operator);
  if (problems.length > 0) throw new Error(`revision ${revision} does not pass today's checks:\n${linesOf(problems)}`);
  const differences = diffConfigs(active?.config ?? {}, wanted.config);
  const saved = dryRun || wanted.active ? null : await operator.restore(revision);
  if (saved !== null && !saved.restored)
    throw new Error(`revision ${revision} could not be saved again: its row changed`);
  if (json)
    say(JSON.stringify({ dryRun, from: active?.revision ?? null, saved: saved?.revision ?? null, differences }));
  else {
    const done = saved === null ? 'would be saved again' : `is active again, as revision ${saved.revision}`;
    const verb = wanted.active ? 'is the active one' : done;
    say([`${nameOfLayer(address)}: revision ${revision} ${verb}`, ...differenceLines(differences)].join('\n'));
  }
  return 0;
}

async function save({ address, json, dryRun }: Asked, file: string, terminal: Terminal): Promise<0 | 1> {
  const { say, tell } = terminal;
  const read = file === '-' ? parseJsonFile('standard input', await terminal.input()) : readable(file);
  if (read.outcome === 'broken') return refuse(read.problems.map(problemLine));
  const operator = openOperator(terminal.environment);
  const before = await operator.written(address);
  if (before === undefined) throw new Error(`there is no ${nameOfLayer(address)}`);
  const problems = await checkBeforeWriting(address, read.json.value, operator);
  if (problems.length > 0) return refuse(problems.map((problem) => problemLine(placed(problem, read.json))));
  const differences = diffConfigs(before.config, read.json.value);
  const put = dryRun ? null : await writeLayer(address, read.json.value, operator);
  if (json) say(JSON.stringify({ dryRun, problems: [], revision: put?.revision ?? null, differences }));
  else if (differences.length === 0) say(`${nameOfLayer(address)}: nothing changed`);
  else {
    const done = put === null ? 'would be changed' : `saved as revision ${put.revision}`;
    say([`${nameOfLayer(address)}: ${done}`, ...differenceLines(differences)].join('\n'));
  }
  return 0;

  function refuse(lines: readonly string[]): 1 {
    if (json) say(JSON.stringify({ dryRun, problems: lines, revision: null, differences: [] }));
    else tell(`dispatch: nothing is saved, for this is wrong:\n${lines.map((line) => `  ${line}`).join('\n')}`);
    return 1;
  }
}

function readable(file: string) {
  try {
    return readJsonFile(file);
  } catch (thrown) {
    throw new WrongUse(`${file} cannot be read: ${coerceError(thrown).message}`, { cause: thrown });
  }
}

function placed({ path, message, layer }: ConfigProblem, json: JsonFile) {
  return json.problemAt(path, layer === null ? message : `${message} (${layer})`);
}

async function versionsOf(address: LayerAddress, operator: Operator, limit: number): Promise<readonly Version[]> {
  const versions = await operator.history(address, limit);
  if (versions.length === 0) throw new Error(`there is no ${nameOfLayer(address)}`);
  return versions;
}

function versionWith(revision: number, versions: readonly Version[]): Version {
  const found = versions.find((version) => version.revision === revision);
  if (found === undefined) throw new Error(`no version of this layer has the revision ${revision}`);
  return found;
}

function revisionOf(text: string): number {
  if (!/^[1-9][0-9]{0,15}$/.test(text)) throw new WrongUse(`a revision is a number, not ${text}`);
  return Number(text);
}

function limitOf(text: string | undefined): number {
  const limit = Number(text ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit >= mostVersions)
    throw new WrongUse(`--limit is a number from 1 to ${mostVersions - 1}, not ${text}`);
  return limit;
}

function linesOf(problems: readonly ConfigProblem[]): string {
  return problems.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`).join('\n');
}
