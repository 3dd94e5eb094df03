import { coerceError } from '../../shared/faults.ts';
import { tenantKeySchema } from '../../shared/ids.ts';
import { problemText, readDidDirectory } from '../did/directory.ts';
import { applyImport, type ImportChange, planImport } from '../did/import.ts';
import type { FileProblem } from '../json-file.ts';
import { type Command, flag, positionalsOf, readArguments, type Terminal, WrongUse, word } from './command.ts';
import { differenceLines } from './difference.ts';
import { openOperator } from './operator-access.ts';

export const importDid: Command = {
  usage: `dispatch import-did DIR [--organization SLUG] [--dry-run] [--json]

Makes each {DID}.json of the directory an agent and its number, and default.json the fallback agent: the default one of its
organisation, and, once \`dispatch any-number on\` is given, whoever answers numbers that nobody has. The organisation of a file
is its restaurant_id; organisations that are not there are made.

When anything is wrong with any file, nothing is imported. The same directory again changes nothing. docs/did-files.md says
what becomes of each key.

  --organization SLUG  everything belongs to this organisation
  --dry-run            says what would be changed
  --json               for programs`,
  async run(args, terminal) {
    const options = { organization: word, 'dry-run': flag, json: flag } as const;
    const { values, positionals } = readArguments(args, options);
    const { DIR } = positionalsOf(positionals, ['DIR']);
    const organization = tenantKeySchema.optional().safeParse(values.organization);
    if (!organization.success)
      throw new WrongUse('--organization: a tenant key is 1 to 128 characters of A-Z a-z 0-9 _ -');
    const shown = { dryRun: values['dry-run'], json: values.json };

    const directory = readable(DIR, () => readDidDirectory(DIR, organization.data));
    if (directory.outcome === 'broken') return refuse(directory.problems, shown, terminal);
    const plan = await planImport(directory.agents, openOperator(terminal.environment));
    if (plan.outcome === 'broken') return refuse(plan.problems, shown, terminal);
    const tell = values.json ? () => undefined : terminal.tell;
    const changes = shown.dryRun ? plan.steps.map(({ planned }) => planned) : await applyImport(plan.steps, tell);
    terminal.say(values.json ? JSON.stringify({ ...shown, problems: [], changes }) : report(changes, shown.dryRun));
    return 0;
  },
};

interface Shown {
  readonly dryRun: boolean;
  readonly json: boolean;
}

function readable<Read>(directory: string, read: () => Read): Read {
  try {
    return read();
  } catch (thrown) {
    throw new WrongUse(`${directory} cannot be read: ${coerceError(thrown).message}`, { cause: thrown });
  }
}

function refuse(problems: readonly FileProblem[], { dryRun, json }: Shown, { say, tell }: Terminal): 1 {
  if (json) say(JSON.stringify({ dryRun, problems, changes: [] }));
  else tell(`dispatch: nothing is imported, for this is wrong:\n${problemText(problems)}`);
  return 1;
}

function report(changes: readonly ImportChange[], dryRun: boolean): string {
  const lines = changes.flatMap((change) => [
    `${change.what} ${change.name}: ${wordFor(change, dryRun)}`,
    ...(change.outcome === 'changed' ? differenceLines(change.differences) : []),
    ...(change.reachedBy === undefined ? [] : [`  reached when the trunk delivers ${change.reachedBy.join(' or ')}`]),
    ...change.notes.map((note) => `  ${note}`),
  ]);
  const count = (outcome: ImportChange['outcome']) => changes.filter((change) => change.outcome === outcome).length;
  const would = dryRun ? ' (nothing was written)' : '';
  const summary = `${count('created')} created, ${count('changed')} changed, ${count('unchanged')} unchanged${would}`;
  return [...lines, summary].join('\n');
}

function wordFor({ outcome }: ImportChange, dryRun: boolean): string {
  return dryRun && outcome !== 'unchanged' ? `would be ${outcome}` : outcome;
}
