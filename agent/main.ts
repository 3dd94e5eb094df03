#!/usr/bin/env node
/** The command `agent`. */
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { openDatabase } from '../shared/db.ts';
import { agentSettings, type Environment, settings as known, processEnvironment, readSettings } from '../shared/env.ts';
import { untilStopSignal } from '../shared/lifecycle.ts';
import { createLog } from '../shared/log.ts';
import { ConfigPoller } from './config-poller.ts';
import { sqlNumbers } from './config-source.ts';
import { Pool } from './pool.ts';
import { shardPrivileges } from './privileges.ts';
import { ownCode, sourceCode } from './shard-code.ts';
import { watchSources } from './watch-sources.ts';

const usage = `Usage: agent <command>

  start   run the pool: answers the calls that LiveKit offers to it
  dev     the same, and restarts the shards when a source file changes; running calls end on the old ones
  --help  this text

Settings are read from the environment and from .env in the working folder; see .env.example.
SIGTERM or Ctrl-C lets running calls end; a second one ends everything at once.`;

const { values, positionals } = parseArgs({
  options: { help: { type: 'boolean' } },
  allowPositionals: true,
  strict: false,
});
const [command] = positionals;
if (values.help) leave(0, usage);
if (command !== 'start' && command !== 'dev') leave(2, usage);

const environment = processEnvironment();
const read = readSettings(agentSettings, environment);
if (read.outcome === 'incomplete') leave(2, `agent cannot start:\n${read.problems.map((p) => `  ${p}`).join('\n')}`);

const { settings } = read;
const log = createLog({ service: 'agent', level: settings.LOG_LEVEL, showPii: settings.LOG_PII });
const privileges = shardPrivileges(environment);
if (privileges.keepsSysNice) log.warn('shards run with CAP_SYS_NICE: calls may stutter; install setpriv or drop it');
const code = command === 'dev' ? sourceCode() : ownCode();
const pool = new Pool({
  code,
  shards: settings.POOL_SHARDS || availableParallelism(),
  settings: settingsFor(environment),
  environment: machineOnly(environment),
  privileges,
  log,
});
const database = openDatabase({
  url: settings.SUPABASE_URL,
  anonKey: settings.SUPABASE_ANON_KEY,
  token: settings.SUPABASE_AGENT_TOKEN,
  deadlineMs: settings.DATABASE_DEADLINE_MS,
});
const poller = new ConfigPoller({ source: sqlNumbers(database), log, onNews: (news) => pool.tell(news) });
let signals = 0;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ++signals > 1 && pool.kill());
const stopped = untilStopSignal();
// Said once all shards can be called; a server that is away is no reason to exit, the shards keep trying.
void pool.ready().then(() => log.info({ pool: settings.AGENT_POOL }, 'ready'));
const watcher = command === 'dev' ? watchSources(code.folders, () => pool.replaceAll(), log) : undefined;

log.info({ signal: await stopped }, 'stopping: running calls may end');
watcher?.close();
await pool.drain();
poller.close();
log.info('stopped');

/** The settings themselves, as written. */
function settingsFor(source: Environment): Record<string, string> {
  return Object.fromEntries(agentSettings.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
}

/** Without our settings, and without keys that a provider's plugin would find and use for a tenant who has none. */
function machineOnly(source: Environment): Environment {
  const ours = (name: string) => name in known || /^(OPENAI|DEEPGRAM|LIVEKIT|SUPABASE)_/.test(name);
  return { ...Object.fromEntries(Object.entries(source).filter(([name]) => !ours(name))), NODE_ENV: 'production' };
}

function leave(code: number, text: string): never {
  process[code === 0 ? 'stdout' : 'stderr'].write(`${text}\n`);
  process.exit(code);
}
