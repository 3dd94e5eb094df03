/**
 * The door of admission is one for all tenants, so nobody may wait behind it. Somebody who takes long holds what is one
 * tenant's, like a transaction that deletes it or was forgotten open; the callers of the others come in meanwhile.
 */
import { randomUUID } from 'node:crypto';
import type { Sql, TransactionSql } from 'postgres';
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../shared/db.ts';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { admit, invite, refusalOf } from './calls.ts';
import { Holder } from './holder.ts';
import { agentRole, databaseAs, dispatchRole, operatorRole } from './roles.ts';

const ours = '+390612345678';

describe.skipIf(noPostgres)('admission while somebody holds what is one tenant’s', () => {
  const { database, dispatch } = openBooks();
  beforeAll(async () => {
    // A door that stays shut is to fail a test, not to keep it waiting.
    await database.sql`set lock_timeout = '1s'`;
    await database.sql`insert into pools (name) values ('theirs')`;
    await database.sql`insert into workers (name, pool, version, capacity, seen_at)
      values ('of their pool', 'theirs', '1', 9, now() + interval '1 hour')`;
    await database.sql`update organizations set pool = 'theirs', max_calls_per_second = null where slug = 'harbor-pizza'`;
  });
  beforeEach(() => database.sql`update sip_numbers set max_concurrent_calls = 5, config_override = '{}'`);

  const waiting = () =>
    database.sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  function connection(): Sql {
    const sql = database.connect(1);
    onTestFinished(() => sql.end());
    return sql;
  }
  /** Somebody holds it while the others act. */
  async function whileHeld(hold: (slow: TransactionSql) => Promise<unknown>, act: () => Promise<void>): Promise<void> {
    await connection().begin(async (slow) => {
      await hold(slow);
      await act();
    });
  }
  const entering = [
    ['is let in', (theirs: Database) => refusalOf(theirs, invite('2001')), dispatchRole],
    [
      'was let in while the database was away',
      async (theirs: Database) => {
        const [number] = await database.sql`select id from sip_numbers where phone_number = '2001'`;
        const call = { tenant: 'harbor-pizza', number_id: number?.['id'], called_number: '2001', caller_number: '' };
        const dialogue = { sip_call_id: randomUUID(), sip_from_tag: 'tag', room: 'room', answered_at: null };
        const adopted = { ...call, ...dialogue, admitted_at: new Date().toISOString() };
        return (await new Holder(theirs, 'shard-1').adopt(randomUUID(), adopted)).adopted ? 'admitted' : 'not adopted';
      },
      agentRole,
    ],
  ] as const;
  const held = [
    ['number', `select from sip_numbers where phone_number = '2001' for update`],
    ['organisation', `select from organizations where slug = 'harbor-pizza' for update`],
    ['pool', `select from pools where name = 'theirs' for update`],
  ] as const;
  const cases = entering.flatMap(([how, enter, role]) =>
    held.map(([what, lock]) => [how, what, (theirs: Sql) => enter(databaseAs(theirs, role)), lock] as const),
  );

  test.each(cases)(
    'a call that %s waits for its %s in front of the door, not for long, and lets all others pass (R3.2)',
    async (_how, _what, enter, lock) => {
      const theirs = connection();
      await whileHeld(
        (slow) => slow.unsafe(lock),
        async () => {
          const stuck = enter(theirs).catch((thrown: unknown) => thrown);
          await expect.poll(waiting, { interval: 5 }).toHaveLength(1);
          expect(await refusalOf(dispatch, invite(ours))).toBe('admitted');
          expect(await waiting()).toHaveLength(1);
          // What shared/db.ts knows to be worth another try.
          expect(await stuck).toMatchObject({ code: '55P03' });
          expect(await database.sql`select from active_calls`).toHaveLength(1);
        },
      );
      expect(await enter(theirs)).toBe('admitted');
    },
  );

  test('a caller who waited while the number was given to another tenant is that tenant’s (R1.3)', async () => {
    const theirs = connection();
    let stuck: ReturnType<typeof admit> | undefined;
    await whileHeld(
      async (slow) => {
        await slow`select from sip_numbers where phone_number = '2002' for update`;
        await slow`update sip_numbers set agent_instance_id = null, organization_id = other.id
          from organizations other where phone_number = '2002' and slug = 'studio-bianchi'`;
      },
      async () => {
        stuck = admit(databaseAs(theirs, dispatchRole), invite('2002'));
        await expect.poll(waiting, { interval: 5 }).toHaveLength(1);
      },
    );
    expect(await stuck).toMatchObject({ outcome: 'admitted', tenant: 'studio-bianchi' });
  });

  test('a caller of a number that is being saved comes in (R3.2)', async () => {
    const save = (slow: TransactionSql) => slow`
      select set_config('role', ${operatorRole.role}, true), put_number('harbor-pizza', '2001', p_label => 'Saved.')`;
    await whileHeld(save, async () => {
      expect(await refusalOf(dispatch, invite('2001'))).toBe('admitted');
    });
  });

  test('a caller who is still being told why nobody takes the call keeps no other tenant’s callers waiting (R3.4)', async () => {
    await database.sql`update sip_numbers
      set max_concurrent_calls = 0, config_override = '{"refusal": {"action": "message", "most_at_once": 1}}'
      where phone_number in ('2001', ${ours})`;
    expect(await refusalOf(dispatch, invite('2001'))).toBe('number_busy');
    await database.sql`update active_refusals set expires_at = now() - interval '1 second'`;
    await whileHeld(
      (slow) => slow`select from active_refusals for update`,
      async () => {
        expect(await admit(dispatch, invite(ours))).toMatchObject({ answer: { action: 'message' } });
        // Its time is over, so it is nobody's place any more, also where it could not be tidied away.
        expect(await admit(dispatch, invite('2001'))).toMatchObject({ answer: { action: 'message' } });
      },
    );
  });
});
