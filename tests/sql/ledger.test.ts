import { afterAll, beforeAll, describe } from 'vitest';
import { z } from 'zod';
import { keepsAccountOfCalls, manyLines, oneLine } from '../support/call-ledger.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { agentRole, databaseAs, dispatchRole, operatorRole } from './roles.ts';

describe.skipIf(noPostgres)('the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    const operator = databaseAs(database.sql, operatorRole);
    for (const [number, lines] of [
      [oneLine, 1],
      [manyLines, 5],
    ] as const) {
      const args = { p_organization: 'harbor-pizza', p_phone_number: number, p_max_concurrent_calls: lines };
      await operator.row('put_number', args, z.object({ created: z.literal(true) }));
    }
    // Only the lines of the numbers are at stake.
    await database.sql`update organizations set max_concurrent_calls = null, max_calls_per_second = null`;
  });
  afterAll(() => database.close());

  keepsAccountOfCalls(() => ({
    dispatch: databaseAs(database.sql, dispatchRole),
    agent: databaseAs(database.sql, agentRole),
    letLeasesRunOut: () => database.sql`update active_calls set lease_expires_at = now() - interval '1 second'`,
    reset: () => database.sql`truncate sessions, call_refusals cascade`,
  }));
});
