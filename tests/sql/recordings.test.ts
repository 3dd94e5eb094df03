/** How the sound of a call is kept, heard and forgotten. Time is moved by writing the columns. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { noPostgres } from '../support/postgres.ts';
import { openBooks } from './books.ts';
import { harbor } from './endpoints.ts';
import { type Actor, agentRole, databaseAs, dispatchRole } from './roles.ts';

const owner: Actor & { readonly userId: string } = {
  role: 'authenticated',
  userId: '0e000000-0000-4000-8000-000000000021',
};
const call = '0a000000-0000-4000-8000-00000000f021';
const keptSchema = z.object({ kept: z.boolean(), reason: z.string().nullable() });
const base64 = (text: string) => Buffer.from(text).toString('base64');

describe.skipIf(noPostgres)('a recording', () => {
  const { database } = openBooks({ emptied: false });
  beforeAll(async () => {
    await database.sql`insert into auth.users (id) values (${owner.userId})`;
    await database.sql`insert into organization_members (organization_id, user_id, role)
      values (${harbor}, ${owner.userId}, 'owner')`;
    await database.sql`insert into sessions (id, organization_id, called_number, caller_number, sip_call_id, sip_from_tag, room)
      values (${call}, ${harbor}, '2001', 'x', 'recorded', 'x', 'recorded')`;
  });
  beforeEach(() => database.sql`delete from recordings`);

  const keep = (part: number, sound: string, { parts = 2, session = call, days = 30, worker = 'w' } = {}) => {
    const recording = { begins_at: new Date().toISOString(), length_ms: 1_000, retention_days: days, parts };
    const args = {
      p_session_id: session,
      p_worker: worker,
      p_recording: recording,
      p_part: part,
      p_sound: base64(sound),
    };
    return databaseAs(database.sql, agentRole).row('keep_recording', args, keptSchema);
  };
  const ask = async (call: string, args: Readonly<Record<string, unknown>>) => {
    const row = await databaseAs(database.sql, owner).row(call, args, z.record(z.string(), z.unknown()));
    return row[call];
  };
  const listed = async () => {
    const shape = z.object({ recordings: z.array(z.looseObject({ id: z.uuid(), bytes: z.int() })) });
    return shape.parse(await ask('api_call_recordings', { p_id: call })).recordings;
  };

  test('is there when its last part is, and says what was sent (R4.7, R5.4)', async () => {
    expect(await keep(2, 'right')).toEqual({ kept: true, reason: null });
    expect(await listed()).toEqual([]);
    await keep(1, 'left ');
    const [recording] = await listed();
    expect(recording).toMatchObject({ bytes: 10, lengthMs: 1_000, href: `/recordings/${recording?.id}` });
    expect(await ask('api_play_recording', { p_id: recording?.id })).toEqual({ parts: 2, bytes: 10 });
    const parts = await Promise.all(
      [1, 2, 3].map((p_part) => ask('api_recording_part', { p_id: recording?.id, p_part })),
    );
    expect(parts).toEqual([base64('left '), base64('right'), null]);
  });

  test('is written down when somebody hears it, and when somebody removes it (R4.7, R5.2)', async () => {
    await keep(1, 'all', { parts: 1 });
    const [recording] = await listed();
    await database.sql`delete from audit_log`;
    await ask('api_play_recording', { p_id: recording?.id });
    expect(await ask('api_remove_recording', { p_id: recording?.id })).toBe(true);
    const deeds = await database.sql`select action, actor from audit_log order by id`;
    expect([...deeds]).toEqual([
      { action: 'recording.played', actor: owner.userId },
      { action: 'recording.removed', actor: owner.userId },
    ]);
    expect([...(await database.sql`select from private.recording_parts`)]).toEqual([]);
  });

  test('that is sent twice is kept once (R4.7)', async () => {
    await keep(1, 'one', { parts: 1 });
    expect(await keep(1, 'another', { parts: 1 })).toEqual({ kept: true, reason: null });
    expect(await listed()).toMatchObject([{ bytes: 3 }]);
  });

  test('is one for each agent that had the call (R4.7)', async () => {
    await keep(1, 'one', { parts: 1, worker: 'first' });
    await keep(1, 'two', { parts: 1, worker: 'second' });
    expect(await listed()).toHaveLength(2);
  });

  test('of a call that nobody knows yet has to wait, and one that is too old is not taken (R4.7)', async () => {
    expect(await keep(1, 'x', { session: '0a000000-0000-4000-8000-00000000f0ff' })).toEqual({
      kept: false,
      reason: 'no_call',
    });
    expect(await keep(1, 'x', { days: 0 })).toEqual({ kept: false, reason: 'too_old' });
  });

  test('is nobody’s to hear from the day on for which it was kept, and is deleted then without a word (R4.7)', async () => {
    await keep(1, 'old', { parts: 1 });
    const [recording] = await listed();
    await database.sql`update recordings set delete_after = now()`;
    await database.sql`delete from audit_log`;
    expect(await listed()).toEqual([]);
    expect(await ask('api_play_recording', { p_id: recording?.id })).toBeNull();
    expect(await ask('api_recording_part', { p_id: recording?.id, p_part: 1 })).toBeNull();
    const dispatch = databaseAs(database.sql, dispatchRole);
    const forgottenSchema = z.object({ forgotten: z.coerce.number() });
    expect(await dispatch.row('forget_recordings', {}, forgottenSchema)).toEqual({ forgotten: 1 });
    expect(await dispatch.row('forget_recordings', {}, forgottenSchema)).toEqual({ forgotten: 0 });
    expect([...(await database.sql`select from audit_log`)]).toEqual([]);
  });
});
