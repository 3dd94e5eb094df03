/** Provider keys as whoever runs the platform stores them and seals them anew. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { numberRowSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';
import { putKeySchema, resealedSchema, sealedKeySchema } from './operator.ts';
import { agentRole, databaseAs, operatorRole } from './roles.ts';

describe.skipIf(noPostgres)('the operator with provider keys', () => {
  let database: TestDatabase;
  let operator: Database;
  let agent: Database;
  beforeAll(async () => {
    database = await cloneDatabase();
    operator = databaseAs(database.sql, operatorRole);
    agent = databaseAs(database.sql, agentRole);
  });
  afterAll(() => database.close());
  beforeEach(() => database.sql`delete from provider_keys`);

  const sealed = (letter: string) => letter.repeat(60);
  const putKey = (owner: string | null, letter: string, keyId = 'k1') =>
    operator.row(
      'put_provider_key',
      {
        p_organization: owner,
        p_provider: 'openai',
        p_key_id: keyId,
        p_ciphertext: sealed(letter),
        p_last_four: letter.repeat(4),
      },
      putKeySchema,
    );
  const sealedBy = (notKeyId: string) => operator.rows('sealed_keys', { p_not_key_id: notKeyId }, sealedKeySchema);

  test('replaces the key of an organisation and of the platform, and keeps none of what was (R2.7)', async () => {
    const [own, lent] = [await putKey('harbor-pizza', 'a'), await putKey(null, 'p')];
    expect([own.created, lent.created]).toEqual([true, true]);
    expect(await putKey('harbor-pizza', 'b')).toEqual({ id: own.id, created: false });
    expect(await putKey(null, 'q')).toEqual({ id: lent.id, created: false });
    expect((await agent.row('lookup_number', { p_called: '2001' }, numberRowSchema)).providerKeys).toEqual([
      { provider: 'openai', keyId: 'k1', ciphertext: sealed('b'), owner: 'organization' },
    ]);
    expect(await database.sql`select last_four from provider_keys order by last_four`).toEqual([
      { last_four: 'bbbb' },
      { last_four: 'qqqq' },
    ]);
    await expect(putKey('nobody', 'x')).rejects.toThrow('there is no organisation "nobody"');
  });

  test('finds the keys of older secrets with what they are bound to, and seals each anew unless it changed meanwhile (R7.3)', async () => {
    await putKey('harbor-pizza', 'a');
    await putKey(null, 'p');
    await putKey('studio-bianchi', 'n', 'k2');
    const old = await sealedBy('k2');
    expect(old.map((key) => [key.tenant, key.key_id, key.ciphertext]).sort()).toEqual([
      ['*', 'k1', sealed('p')],
      ['harbor-pizza', 'k1', sealed('a')],
    ]);
    const reseal = (key: { id: string; ciphertext: string }) =>
      operator.row(
        'reseal_key',
        { p_id: key.id, p_key_id: 'k2', p_ciphertext: sealed('z'), p_was: key.ciphertext },
        resealedSchema,
      );
    const [first, second] = old;
    if (first === undefined || second === undefined) throw new Error('two keys were put');
    await database.sql`update provider_keys set ciphertext = ${sealed('m')} where id = ${second.id}`;
    expect([await reseal(first), await reseal(second), await reseal(first)]).toEqual([
      { resealed: true },
      { resealed: false },
      { resealed: false },
    ]);
    expect((await sealedBy('k2')).map((key) => [key.id, key.ciphertext])).toEqual([[second.id, sealed('m')]]);
  });

  test('are kept once a provider, whoever writes them (R2.7)', async () => {
    await putKey(null, 'p');
    await expect(
      database.sql`insert into provider_keys (organization_id, provider, ciphertext, last_four)
        values (null, 'openai', repeat('x', 60), 'xxxx')`,
    ).rejects.toThrow('one_key_in_use_a_provider');
  });
});
