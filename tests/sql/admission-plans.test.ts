/** How the database finds what admission asks for, with a hundred thousand numbers: the plans that really ran. */
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fillBook } from '../support/phone-book.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';

const nodeSchema = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  'Recheck Cond': z.string().optional(),
  get Plans() {
    return z.array(nodeSchema).optional();
  },
});
type Node = z.infer<typeof nodeSchema>;
const planSchema = z.object({ 'Query Text': z.string(), Plan: nodeSchema });

describe.skipIf(noPostgres)('admission with 100 000 numbers', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    const book = await fillBook(database.sql, { numbers: 100_000, pastCalls: 5_000 });
    await book.letCallsIn(100);
    // A second pool with a limit below the calls that are on: only then is it counted by itself, and so are all calls.
    await database.sql`insert into pools (name, max_concurrent_calls) values ('small', 50)`;
    await database.sql`insert into workers (name, pool, version, capacity, seen_at)
      values ('of the small pool', 'small', '1', 40, now() + interval '1 hour')`;
    await database.sql`update organizations set pool = 'small', max_concurrent_calls = 50 where slug = 'business-7'`;
    await database.sql`update sip_numbers set max_concurrent_calls = 0,
      config_override = '{"refusal": {"action": "forward", "to": "2050"}}' where phone_number = '100071'`;
  }, 120_000);
  afterAll(() => database.close());

  /** Every scan of one call to that number, of all statements that ran inside, as `what it read by which index`. */
  async function scansOf(called: string): Promise<{ reason: string | null; scans: Node[] }> {
    const plans: Node[] = [];
    const asked = postgres(database.url, {
      max: 1,
      onnotice({ message }) {
        const json = /plan:\s*(\{.*\})/s.exec(message ?? '')?.[1];
        if (json !== undefined) plans.push(planSchema.parse(JSON.parse(json)).Plan);
      },
    });
    try {
      await explainEverything(asked);
      const [decision] = await asked<{ reason: string | null }[]>`
        select * from admit_call(${called}, '+442079460001', ${`plan of ${called}`}, 'tag', 'room')`;
      return { reason: decision?.reason ?? null, scans: plans.flatMap(scansIn) };
    } finally {
      await asked.end();
    }
  }

  test('finds the number, counts each limit and looks into the last second by an index alone (R3.1)', async () => {
    const { reason, scans } = await scansOf('100070');
    expect(reason).toBeNull();
    expect(scans.filter((scan) => scan['Node Type'].startsWith('Seq'))).toEqual([]);
    expect(new Set(scans.map((scan) => scan['Index Name']))).toEqual(
      expect.toSatisfy(
        (used: Set<string>) =>
          [
            'sip_numbers_phone_number_key',
            'active_calls_by_number',
            'active_calls_by_organization',
            'active_calls_by_pool',
            'one_session_a_dialogue',
            'one_refusal_a_dialogue',
            'workers_by_pool',
          ].every((index) => used.has(index)) &&
          // Of the last second there are few rows, whichever way.
          ['sessions_by_organization', 'sessions_by_start'].some((index) => used.has(index)),
      ),
    );
  });

  test('reads of an index only what it asked for; but for all calls, which are counted together (R3.1)', async () => {
    const { reason, scans } = await scansOf('100072');
    expect(reason).toBeNull();
    const whole = scans.filter((scan) => scan['Index Cond'] === undefined && scan['Recheck Cond'] === undefined);
    expect(whole.flatMap((scan) => scan['Relation Name'] ?? [])).toEqual(['active_calls']);
  });

  test('finds who was forwarded lately by an index when a caller is refused (R3.4)', async () => {
    const { reason, scans } = await scansOf('100071');
    expect(reason).toBe('number_busy');
    // Of those there are twenty at most.
    const whole = scans.filter((scan) => scan['Node Type'].startsWith('Seq'));
    expect(new Set(whole.map((scan) => scan['Relation Name']))).toEqual(new Set(['active_refusals']));
    expect(scans.map((scan) => scan['Index Name'])).toContain('call_refusals_forwarded');
  });
});

async function explainEverything(sql: Sql): Promise<void> {
  await sql`load 'auto_explain'`;
  for (const [setting, value] of [
    ['auto_explain.log_min_duration', '0'],
    ['auto_explain.log_nested_statements', 'on'],
    ['auto_explain.log_format', 'json'],
    ['auto_explain.log_level', 'notice'],
  ] as const)
    await sql`select set_config(${setting}, ${value}, false)`;
}

function scansIn(node: Node): Node[] {
  const inner = (node.Plans ?? []).flatMap(scansIn);
  return node['Node Type'].endsWith('Scan') && (node['Relation Name'] ?? node['Index Name']) !== undefined
    ? [node, ...inner]
    : inner;
}
