import { provisionSettings } from '../../shared/env.ts';
import { type Change, provision as provisionTrunk } from '../provision.ts';
import { readTrunkFile } from '../trunk-file.ts';
import { type Command, flag, need, positionalsOf, readArguments } from './command.ts';
import { livekitOf } from './livekit-access.ts';

export const provision: Command = {
  usage: `dispatch provision [--dry-run] [--json]

Makes LiveKit's SIP trunk and dispatch rule what SIP_TRUNK_FILE says, and leaves alone what it does not speak of.

  --dry-run  says what would be changed
  --json     for programs`,
  async run(args, { environment, say }) {
    const { values, positionals } = readArguments(args, { 'dry-run': flag, json: flag });
    positionalsOf(positionals, []);
    const settings = need(provisionSettings, environment);
    const dryRun = values['dry-run'];
    const changes = await provisionTrunk(readTrunkFile(settings.SIP_TRUNK_FILE), { ...livekitOf(settings), dryRun });
    if (values.json) say(JSON.stringify({ dryRun, changes }));
    else if (changes.every(({ kind }) => kind === 'none')) say('nothing to do');
    else for (const change of changes) say(describe(change, dryRun));
    return 0;
  },
};

function describe({ what, name, kind, differences }: Change, dryRun: boolean): string {
  const verb = { none: 'is as it should be', create: 'created', update: 'updated' }[kind];
  const heading = `${what} ${name}: ${dryRun && kind !== 'none' ? `would be ${verb}` : verb}`;
  const lines = differences.map(({ path, have, want }) => `  ${path}: ${show(have)} -> ${show(want)}`);
  return [heading, ...lines].join('\n');
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
