/** What most tests of calls begin with: a database of their own, those who ask it, and two workers. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, type TestDatabase } from '../support/postgres.ts';
import { Holder } from './holder.ts';
import { type Actor, agentRole, databaseAs, dispatchRole } from './roles.ts';

export interface Books {
  readonly database: TestDatabase;
  readonly dispatch: Database;
  readonly agent: Database;
  readonly first: Holder;
  readonly second: Holder;
}

/**
 * Opens before the tests of a `describe` and closes after them; nothing here can be asked earlier.
 * @param emptied whether each test begins without calls, refusals and what breakers made of them
 */
export function openBooks({ emptied = true } = {}): Books {
  let opened: TestDatabase;
  beforeAll(async () => {
    opened = await cloneDatabase();
  });
  afterAll(() => opened.close());
  if (emptied) beforeEach(() => emptyBooks(opened.sql));

  const database: TestDatabase = {
    get url() {
      return opened.url;
    },
    get sql() {
      return opened.sql;
    },
    connect: (connections) => opened.connect(connections),
    close: () => opened.close(),
  };
  const as = (actor: Actor): Database => ({
    rows: (...call) => databaseAs(opened.sql, actor).rows(...call),
    row: (...call) => databaseAs(opened.sql, actor).row(...call),
  });
  const agent = as(agentRole);
  return {
    database,
    dispatch: as(dispatchRole),
    agent,
    first: new Holder(agent, 'shard-1'),
    second: new Holder(agent, 'shard-2'),
  };
}

function emptyBooks(sql: Sql): Promise<unknown> {
  return sql`truncate sessions, call_refusals, breakers, private.breaker_tallies cascade`;
}
