/** A box without a database: dispatch itself answers what dispatch and agents would ask Supabase. */
import type { Hono } from 'hono';
import type { Clock } from '../../shared/clock.ts';
import type { Database } from '../../shared/db.ts';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { startRepeating } from '../../shared/repeat.ts';
import { agentFunctions } from './agent-functions.ts';
import { dispatchFunctions } from './dispatch-functions.ts';
import { databaseOf } from './functions.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { rpcRoute } from './rpc.ts';
import { DidSource, type SourceOptions } from './source.ts';

export interface BoxOptions {
  readonly source: SourceOptions;
  /** Where records of calls are appended. */
  readonly callsFile: string;
  /** What agents have as SUPABASE_AGENT_TOKEN. */
  readonly agentToken: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Box {
  /** For dispatch's own part. */
  readonly database: Database;
  /** For the agents. */
  readonly routes: Hono;
  close(): Promise<void>;
}

const lookIntervalMs = 500;
const longestCallMs = 14_400_000;

/** @throws Error when the directory or one of the files of the whole box cannot be used */
export function openBox({ source: sourceOptions, callsFile, agentToken, clock, log }: BoxOptions): Box {
  const source = new DidSource(sourceOptions);
  const journal = new Journal(callsFile, log);
  const ledger = new Ledger({
    clock,
    find: (called) => source.find(called),
    policyOf: (called) => source.policyOf(called, clock.now()),
    note: (event) => journal.note(event, clock.now()),
  });
  const unfinished = journal.unfinished(clock.now() - longestCallMs);
  for (const call of unfinished) ledger.restore(call);
  if (unfinished.length > 0) log.info({ calls: unfinished.length }, 'calls that were on are known again');

  let trouble = '';
  const looking = startRepeating(lookIntervalMs, async () => {
    try {
      source.look();
      trouble = '';
    } catch (thrown) {
      const error = coerceError(thrown);
      if (error.message !== trouble)
        log.error({ err: error }, 'the files of this box cannot be read: what they said holds');
      trouble = error.message;
    }
  });
  return {
    database: databaseOf(dispatchFunctions(ledger, () => clock.now())),
    routes: rpcRoute({ token: agentToken, functions: agentFunctions(ledger, source), log }),
    close: () => looking.close(),
  };
}
