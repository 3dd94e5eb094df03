/** Rules that every migration keeps, now and later: each test names the object that breaks one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { repository } from '../../dev/stack/program.ts';
import { dumpSchema } from '../../dev/stack/supabase-dump.ts';
import { findPostgres } from '../../dev/stack/supabase-postgres.ts';
import { isRefusal, reasonCodes } from '../../shared/reasons.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';

/** Functions that run with the rights of their owner, each because its caller may touch no table. */
const definers = [
  'private.audit_change',
  'private.caller_id',
  'private.caller_of_refusal',
  'private.caller_of_session',
  'private.calling_key',
  'private.calls_json',
  'private.calls_of_caller',
  'private.check_config',
  'private.give_up_deliveries',
  'private.is_platform_admin',
  'private.keep_an_owner',
  'private.keep_config_version',
  'private.language_of',
  'private.my_organizations',
  'private.newest_change',
  'private.note_agent_change',
  'private.note_key_change',
  'private.note_number_change',
  'private.note_organization_change',
  'private.note_platform_change',
  'private.saver_name',
  'private.stamp_config_revision',
  'private.tell_webhooks',
  'private.try_new_key',
  'public.admit_call',
  'public.adopt_call',
  'public.answer_call',
  'public.api_accept_invitations',
  'public.api_add_api_key',
  'public.api_add_numbers',
  'public.api_add_organization',
  'public.api_add_webhook',
  'public.api_api_keys',
  'public.api_begin_request',
  'public.api_caller',
  'public.api_change_number',
  'public.api_change_organization',
  'public.api_change_webhook',
  'public.api_drop_request',
  'public.api_end_call',
  'public.api_end_request',
  'public.api_layers',
  'public.api_listen',
  'public.api_members',
  'public.api_play_recording',
  'public.api_probe',
  'public.api_probe_key',
  'public.api_probe_number',
  'public.api_put_provider_key',
  'public.api_recording_part',
  'public.api_remove_api_key',
  'public.api_remove_provider_key',
  'public.api_remove_webhook',
  'public.api_replay_delivery',
  'public.api_reset_breakers',
  'public.api_test_webhook',
  'public.claim_call',
  'public.claim_lost_calls',
  'public.claim_webhook_deliveries',
  'public.config_changes',
  'public.config_history',
  'public.current_config',
  'public.end_call',
  'public.end_refusal',
  'public.finish_call',
  'public.finish_probe',
  'public.forget_recordings',
  'public.keep_recording',
  'public.live_calls',
  'public.lookup_number',
  'public.lookup_number_before',
  'public.note_calls',
  'public.numbers_as_assigned',
  'public.open_ticket',
  'public.operator_breakers',
  'public.operator_calls',
  'public.operator_pools',
  'public.operator_workers',
  'public.pin_pool',
  'public.put_agent',
  'public.put_number',
  'public.put_organization',
  'public.put_platform',
  'public.put_provider_key',
  'public.refuse_call',
  'public.release_call',
  'public.release_webhook_delivery',
  'public.release_worker',
  'public.renew_leases',
  'public.report_provider',
  'public.reseal_key',
  'public.reset_breakers',
  'public.restore_config',
  'public.room_decision',
  'public.room_decisions',
  'public.sealed_keys',
  'public.set_pool',
  'public.settle_webhook_delivery',
  'public.take_call',
  'public.take_probe',
];

describe.skipIf(noPostgres)('the schema', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
  });
  afterAll(() => database.close());

  const names = async (query: string) => (await database.sql.unsafe<{ name: string }[]>(query)).map((row) => row.name);
  const ourTables = `from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`;

  test('is what supabase/schema.sql says: run `npm run schema:dump` after a migration (R7.1)', () => {
    const committed = readFileSync(join(repository, 'supabase', 'schema.sql'), 'utf8');
    expect(dumpSchema(findPostgres() ?? '', database.url)).toBe(committed);
  });

  test('knows the reasons of the catalogue, no other, in the same order (R1.5)', async () => {
    expect(await names(`select unnest(enum_range(null::call_reason))::text as name`)).toEqual(reasonCodes);
    expect(
      await names(
        `select reason::text as name from unnest(enum_range(null::call_reason)) reason where private.is_refusal(reason)`,
      ),
    ).toEqual(reasonCodes.filter(isRefusal));
  });

  test('has row level security on every table (R7.1)', async () => {
    expect(await names(`select c.relname as name ${ourTables}`)).not.toHaveLength(0);
    expect(await names(`select c.relname as name ${ourTables} and not c.relrowsecurity`)).toEqual([]);
  });

  test('has a policy for each right that a signed-in user was granted, and none for anybody else (R7.1)', async () => {
    expect(
      await names(`select policyname as name from pg_policies where roles <> '{authenticated}' or cmd = 'ALL'`),
    ).toEqual([]);
    expect(
      await names(`
        select distinct granted.table_name || ' ' || granted.privilege_type as name
        from information_schema.column_privileges granted
        where granted.grantee = 'authenticated' and granted.table_schema = 'public'
          and granted.privilege_type in ('SELECT', 'INSERT', 'UPDATE')
          and not exists (
            select from pg_policies p where p.tablename = granted.table_name and p.cmd = granted.privilege_type
          )`),
    ).toEqual([]);
  });

  test('asks who is signed in once a statement, not once a row (R7.1)', async () => {
    const callsPerRow = `(select replace(replace(coalesce(qual, '') || coalesce(with_check, ''), 'SELECT private.', ''), 'FROM private.', ''))`;
    expect(
      await names(`select policyname as name from pg_policies where ${callsPerRow} ~ 'private\\.|auth\\.'`),
    ).toEqual([]);
  });

  test('lists every function that runs with more rights than its caller, with an empty search path (R7.1)', async () => {
    const definer = `from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname in ('public', 'private') and p.prosecdef`;
    expect(await names(`select n.nspname || '.' || p.proname as name ${definer} order by 1`)).toEqual(definers);
    expect(
      await names(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'private') and not coalesce(p.proconfig @> array['search_path=""'], false)`),
    ).toEqual([]);
  });

  test('lets nobody execute a function who was not named (R7.1)', async () => {
    expect(
      await names(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
        aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
        where n.nspname in ('public', 'private') and acl.grantee in (0, 'anon'::regrole, 'service_role'::regrole)`),
    ).toEqual([]);
  });

  test('grants no table of the schema that is not exposed to anybody (R7.1)', async () => {
    expect(
      await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace,
        aclexplode(c.relacl) acl where n.nspname = 'private' and acl.grantee <> c.relowner`),
    ).toEqual([]);
  });

  test('says what every table and function is for (R7.1)', async () => {
    expect(
      await names(`select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname in ('public', 'private') and c.relkind = 'r' and obj_description(c.oid, 'pg_class') is null`),
    ).toEqual([]);
    expect(
      await names(`select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname in ('public', 'private') and obj_description(p.oid, 'pg_proc') is null`),
    ).toEqual([]);
  });

  test('finds the rows of a tenant by an index, in every table that has tenants (R7.1)', async () => {
    expect(
      await names(`select c.relname as name ${ourTables} and exists (
          select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id'
            and not exists (select from pg_index i where i.indrelid = c.oid and i.indkey[0] = a.attnum)
        )`),
    ).toEqual([]);
  });
});
