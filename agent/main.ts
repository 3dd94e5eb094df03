#!/usr/bin/env node
/** The command `agent`. */
import process from 'node:process';
import { processEnvironment } from '../shared/env.ts';
import type { Command } from './commands/command.ts';

const usage = `Usage: agent <command>

  start         run the pool: answers the calls that LiveKit offers to it
  dev           the same, and restarts the shards when a source file changes; running calls end on the old ones
  check         say what is missing in the environment, and whether LiveKit and the database answer
  config show   print the configuration of a number, and which layer set each field
  config check  check a configuration, and with --probe the providers it names
  --help        this text; agent config --help tells more of that command

Settings are read from the environment and from .env in the working folder; see .env.example.
SIGTERM or Ctrl-C lets running calls end; a second one goes at once and leaves running calls to other agents.`;

/** Loaded when asked for: the supervisor of the pool carries no media library. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/run.ts')).start,
  dev: async () => (await import('./commands/run.ts')).dev,
  check: async () => (await import('./commands/check.ts')).check,
  config: async () => (await import('./commands/config.ts')).config,
};

const [name = '', ...args] = process.argv.slice(2);
if (name === '--help' || name === '-h') leave(0, usage);
const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (load === undefined) leave(2, usage);
const run = await load();
const { code, text } = await run(args, processEnvironment());
leave(code, text);

function leave(code: number, text: string): never {
  if (text !== '') process[code === 2 ? 'stderr' : 'stdout'].write(`${text}\n`);
  process.exit(code);
}
