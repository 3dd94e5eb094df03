/** `agent start` and `agent dev`: the pool, until it is told to stop. */
import { availableParallelism } from 'node:os';
import { systemClock } from '../../shared/clock.ts';
import { type AgentSettings, agentSettings, type Environment, readSettings } from '../../shared/env.ts';
import { createLog, type Logger } from '../../shared/log.ts';
import { ConfigPoller } from '../config-poller.ts';
import { sqlNumbers } from '../config-source.ts';
import { openAgentDatabase } from '../database.ts';
import { Departures } from '../departures.ts';
import { Outbox } from '../outbox.ts';
import { OutboxSender } from '../outbox-sender.ts';
import { Pool } from '../pool.ts';
import { shardPrivileges } from '../privileges.ts';
import { ProbePoller } from '../probe-poller.ts';
import { ownCode, type ShardCode, sourceCode } from '../shard-code.ts';
import { shardEnvironment } from '../shard-environment.ts';
import { StopSignals } from '../stop-signals.ts';
import { TapeSpool } from '../tape/spool.ts';
import { TapeSender } from '../tape/tape-sender.ts';
import { watchSources } from '../watch-sources.ts';
import { type Command, type CommandEnd, missingSettings } from './command.ts';

/** How long what is left to tell the database may keep a supervisor that stops. */
const lastWordsMs = 3_000;
/** The host may be a container whose disk goes with it. */
const lastTapesMs = 60_000;

export const start: Command = (_args, environment) => serve(environment, { code: ownCode(), watch: false });
export const dev: Command = (_args, environment) => serve(environment, { code: sourceCode(), watch: true });

async function serve(
  environment: Environment,
  { code, watch }: { code: ShardCode; watch: boolean },
): Promise<CommandEnd> {
  const read = readSettings(agentSettings, environment);
  if (read.outcome === 'incomplete') return missingSettings('agent cannot start', read.problems);
  const { settings } = read;
  const log = createLog({ service: 'agent', level: settings.LOG_LEVEL, showPii: settings.LOG_PII });
  const database = openAgentDatabase(settings);
  const outbox = new Outbox(settings.AGENT_OUTBOX_DIR, systemClock);
  const sender = new OutboxSender({ outbox, database, clock: systemClock, log });
  const spool = new TapeSpool(settings.AGENT_TAPE_DIR, systemClock);
  const tapes = new TapeSender({ spool, database, clock: systemClock, log });
  const departures = new Departures(database, log);
  const pool = openPool({ settings, environment, code, departures, log });
  const source = sqlNumbers(database);
  const poller = new ConfigPoller({ source, log, onNews: (news) => pool.tell(news) });
  const probes = new ProbePoller({ database, pool: settings.AGENT_POOL, log, prober: () => pool.prober() });
  const signals = new StopSignals();
  void signals.second.then((signal) => {
    log.warn({ signal }, 'stopping now: running calls go to other agents');
    return pool.leave();
  });
  // Said once all shards can be called; a server that is away is no reason to exit, the shards keep trying.
  void pool.ready().then(() => log.info({ pool: settings.AGENT_POOL }, 'ready'));
  const watcher = watch ? watchSources(code.folders, () => pool.replaceAll(), log) : undefined;

  log.info({ signal: await signals.first }, 'stopping: running calls may end');
  watcher?.close();
  probes.close();
  await pool.drain();
  poller.close();
  await Promise.all([
    sender.close(lastWordsMs),
    Promise.race([tapes.close(lastTapesMs), signals.second]),
    departures.heard(lastWordsMs),
  ]);
  log.info('stopped');
  return { code: 0, text: '' };
}

interface PoolSurroundings {
  readonly settings: AgentSettings;
  readonly environment: Environment;
  readonly code: ShardCode;
  readonly departures: Departures;
  readonly log: Logger;
}

function openPool({ settings, environment, code, departures, log }: PoolSurroundings): Pool {
  const privileges = shardPrivileges(environment);
  if (privileges.keepsSysNice) log.warn('shards run with CAP_SYS_NICE: calls may stutter; install setpriv or drop it');
  return new Pool({
    code,
    shards: settings.POOL_SHARDS || availableParallelism(),
    settings: settingsFor(environment),
    environment: shardEnvironment(environment),
    privileges,
    departures,
    log,
  });
}

/** The settings themselves, as written. */
function settingsFor(source: Environment): Record<string, string> {
  return Object.fromEntries(agentSettings.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
}
