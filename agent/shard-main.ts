/**
 * The process of one shard, started by pool.ts, which sends its settings as the first message: nothing secret is in its
 * environment, where a plugin would find it. It drains on `drain`, and also when its supervisor is gone; on `leave` it goes.
 */
import process from 'node:process';
import { agentSettings, readSettings } from '../shared/env.ts';
import { coerceError } from '../shared/faults.ts';
import { createLog } from '../shared/log.ts';
import { patchBeforeLoading } from './patches/index.ts';
import { parseOrder, type ShardOrder, type StartOrder } from './shard-orders.ts';
import { tell } from './tell-supervisor.ts';

function nextOrder(kind: 'drain' | 'leave'): Promise<void>;
function nextOrder(kind: 'start'): Promise<StartOrder>;
function nextOrder(kind: ShardOrder['kind']): Promise<unknown> {
  return new Promise((resolve) => {
    process.on('message', (message) => {
      const order = parseOrder(message);
      if (order.kind === kind) resolve(order);
    });
    if (kind === 'drain') process.once('disconnect', () => resolve(undefined));
  });
}

const drainAsked = nextOrder('drain');
const leaveAsked = Promise.race([nextOrder('leave'), signalWithoutSupervisor()]);
const { environment, name, worker, remembered } = await nextOrder('start');
const read = readSettings(agentSettings, environment);
if (read.outcome === 'incomplete') throw new Error(`settings of shard ${name}: ${read.problems.join('; ')}`);
const { settings } = read;
const logOptions = { service: name, level: settings.LOG_LEVEL, showPii: settings.LOG_PII };
const log = createLog(logOptions);

// One call's forgotten rejection must not end all the others. Node would end the process.
process.on('unhandledRejection', (thrown) => log.error({ err: coerceError(thrown) }, 'unhandled rejection'));

patchBeforeLoading(settings.AGENT_PATCHES, log);
const { openShard } = await import('./shard-open.ts');
const shard = await openShard(settings, {
  log,
  logOptions,
  worker,
  remembered,
  onLearned: (called, row) => tell({ kind: 'learned', called, row }),
  onRegistered: () => tell({ kind: 'ready' }),
  onTainted: () => tell({ kind: 'tainted' }),
});
// News that came before are of no interest: nothing was read yet.
process.on('message', (message) => {
  const order = parseOrder(message);
  if (order.kind === 'changed') shard.hear(order.news);
  if (order.kind === 'probe') shard.probe(order.written);
});

const drained = drainAsked.then(() => shard.drain(settings.POOL_DRAIN_MS)).then(() => 'shard drained');
const left = leaveAsked.then(() => shard.leave()).then(() => 'shard left its calls to others');
const how = await Promise.race([drained, left]);
// The supervisor says it again for a shard that could not say that it is gone.
const heard = await shard.close();
log.info(how);
process.exit(heard ? 0 : 1);

/** Ctrl-C in a terminal reaches the whole group: only the supervisor decides when a shard stops, as long as there is one. */
function signalWithoutSupervisor(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.connected || resolve());
  });
}
