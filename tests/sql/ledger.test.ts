import { afterAll, beforeAll, describe } from 'vitest';
import { z } from 'zod';
import {
  forwarding,
  keepsAccountOfCalls,
  manyLines,
  oneLine,
  refusalPolicies,
  spoken,
} from '../support/call-ledger.ts';
import { keepsCallsHeld } from '../support/held-calls.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { keepWatching, letLeasesRunOut } from './holder.ts';
import { agentRole, databaseAs, dispatchRole, operatorRole } from './roles.ts';

describe.skipIf(noPostgres)('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    const operator = databaseAs(database.sql, operatorRole);
    for (const [number, lines, override] of [
      [oneLine, 1, {}],
      [manyLines, 5, {}],
      [spoken, 1, refusalPolicies[spoken]],
      [forwarding, 1, refusalPolicies[forwarding]],
    ] as const) {
      const of = { p_organization: 'harbor-pizza', p_phone_number: number };
      const args = { ...of, p_max_concurrent_calls: lines, p_override: override };
      await operator.row('put_number', args, z.object({ created: z.literal(true) }));
    }
    // Only the lines of the numbers are at stake.
    await database.sql`update organizations set max_concurrent_calls = null, max_calls_per_second = null`;
  });
  afterAll(() => database.close());

  const open = () => ({
    dispatch: databaseAs(database.sql, dispatchRole),
    agent: databaseAs(database.sql, agentRole),
    letLeasesRunOut: () => letLeasesRunOut(database.sql),
    letBreakersCool: () => database.sql`update breakers set open_until = now() - interval '1 second'
      where state = 'open'`,
    letProbesGoOn: () => database.sql`update breakers set probe_until = now() - interval '1 second'
      where state = 'half_open'`,
    reset: async () => {
      await database.sql`truncate sessions, call_refusals, breakers, private.breaker_tallies cascade`;
      await keepWatching(database.sql);
    },
  });
  keepsAccountOfCalls(open);
  keepsCallsHeld(open);
});
