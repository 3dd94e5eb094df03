#!/usr/bin/env node
/** The `dispatch` program. */
import { parseArgs } from 'node:util';
import { systemClock } from '../shared/clock.ts';
import { openDatabase } from '../shared/db.ts';
import {
  dispatchSettings,
  processEnvironment,
  provisionSettings,
  readSettings,
  type SettingName,
  type Settings,
} from '../shared/env.ts';
import { coerceError } from '../shared/faults.ts';
import { untilStopSignal } from '../shared/lifecycle.ts';
import { createLog } from '../shared/log.ts';
import { patience } from './parts.ts';
import { type Change, provision } from './provision.ts';
import { startDispatch } from './service.ts';
import { isTokenRole, mintToken, tokenRoles } from './token.ts';
import { readTrunkFile, roomPrefixOf } from './trunk-file.ts';

const usage = `dispatch: admits each call and finds it an agent.

  dispatch start                           takes LiveKit's webhooks until it is stopped
  dispatch provision [--dry-run] [--json]  makes LiveKit's SIP trunk and rule what SIP_TRUNK_FILE says
  dispatch token --role agent|dispatch     prints a database token for that service
  dispatch --help

Settings are environment variables or lines of .env in this folder; .env.example names them all.`;

/** Longest wait for one request to LiveKit: a caller rings meanwhile. */
const livekitDeadlineMs = 2000;
const exitCodes = { done: 0, failed: 1, wrongUse: 2 } as const;

/** What the person at the command line has to put right. */
class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

async function main(args: string[]): Promise<void> {
  const { positionals, values } = readArguments(args);
  const [command, ...surplus] = positionals;
  if (values.help || command === undefined) return say(usage);
  if (surplus.length > 0) throw new WrongUse(`unexpected: ${surplus.join(' ')}`);
  switch (command) {
    case 'start':
      return start();
    case 'provision':
      return runProvision({ dryRun: values['dry-run'], json: values.json });
    case 'token':
      return printToken(values.role);
    default:
      throw new WrongUse(`no such command: ${command}`);
  }
}

function readArguments(args: string[]) {
  const flag = { type: 'boolean', default: false } as const;
  const options = { help: flag, 'dry-run': flag, json: flag, role: { type: 'string' } } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (thrown) {
    throw new WrongUse(coerceError(thrown).message, { cause: thrown });
  }
}

async function start(): Promise<void> {
  const settings = need(dispatchSettings);
  const log = createLog({ service: 'dispatch', level: settings.LOG_LEVEL, showPii: settings.LOG_PII });
  const dispatch = await startDispatch({
    host: settings.DISPATCH_HOST,
    port: settings.DISPATCH_PORT,
    livekit: livekitOf(settings),
    database: openDatabase({
      url: settings.SUPABASE_URL,
      anonKey: settings.SUPABASE_ANON_KEY,
      token: settings.SUPABASE_DISPATCH_TOKEN,
      deadlineMs: settings.DATABASE_DEADLINE_MS,
    }),
    roomPrefix: roomPrefixOf(readTrunkFile(settings.SIP_TRUNK_FILE)),
    clock: systemClock,
    patience,
    log,
  });
  log.info({ signal: await untilStopSignal() }, 'stopping');
  await dispatch.close();
  log.info('stopped');
}

async function runProvision({ dryRun, json }: { dryRun: boolean; json: boolean }): Promise<void> {
  const settings = need(provisionSettings);
  const changes = await provision(readTrunkFile(settings.SIP_TRUNK_FILE), { ...livekitOf(settings), dryRun });
  if (json) return say(JSON.stringify({ dryRun, changes }));
  if (changes.every(({ kind }) => kind === 'none')) return say('nothing to do');
  for (const change of changes) say(describe(change, dryRun));
}

function describe({ what, name, kind, differences }: Change, dryRun: boolean): string {
  const verb = { none: 'is as it should be', create: 'created', update: 'updated' }[kind];
  const heading = `${what} ${name}: ${dryRun && kind !== 'none' ? `would be ${verb}` : verb}`;
  const lines = differences.map(({ path, have, want }) => `  ${path}: ${show(have)} -> ${show(want)}`);
  return [heading, ...lines].join('\n');
}

function show(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}

function printToken(role: string | undefined): void {
  if (!isTokenRole(role)) throw new WrongUse(`--role must be one of ${Object.keys(tokenRoles).join(', ')}`);
  const { SUPABASE_JWT_SECRET } = need(['SUPABASE_JWT_SECRET']);
  say(mintToken(role, SUPABASE_JWT_SECRET, systemClock.now()));
}

function livekitOf(settings: Settings<'LIVEKIT_URL' | 'LIVEKIT_API_KEY' | 'LIVEKIT_API_SECRET'>) {
  return {
    url: settings.LIVEKIT_URL,
    apiKey: settings.LIVEKIT_API_KEY,
    apiSecret: settings.LIVEKIT_API_SECRET,
    deadlineMs: livekitDeadlineMs,
  };
}

/** The named settings. @throws WrongUse with every problem at once */
function need<Name extends SettingName>(names: readonly Name[]): Settings<Name> {
  const read = readSettings(names, processEnvironment());
  if (read.outcome === 'incomplete')
    throw new WrongUse(`these settings are wanted:\n${read.problems.map((problem) => `  ${problem}`).join('\n')}`);
  return read.settings;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  await main(process.argv.slice(2));
} catch (thrown) {
  const error = coerceError(thrown);
  process.stderr.write(`dispatch: ${error.message}\n`);
  process.exitCode = error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.failed;
}
