/** Layers are merged twice: by shared/merge.ts for agents, and in SQL for what is needed before there is an agent. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JsonObject, mergeLayers } from '../../shared/merge.ts';
import { cloneDatabase, noPostgres, type TestDatabase } from '../support/postgres.ts';

const { layer } = fc.letrec<{ layer: JsonObject; value: JsonObject[string] }>((tie) => ({
  layer: fc.dictionary(fc.constantFrom('refusal', 'action', 'to', 'hours'), tie('value'), {
    maxKeys: 3,
    depthIdentifier: 'layers',
    noNullPrototype: true,
  }),
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'layers' },
    fc.constantFrom(null, true, 7, 'busy', ''),
    fc.array(fc.constantFrom(null, 1, 'x'), { maxLength: 2 }),
    tie('layer'),
  ),
}));

describe.skipIf(noPostgres)('layers in SQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await cloneDatabase();
    // An aggregate takes a function without defaults.
    await database.sql.unsafe(`
      create function merge_two(jsonb, jsonb) returns jsonb language sql as 'select private.merge_config($1, $2)';
      create aggregate merged (jsonb) (sfunc = merge_two, stype = jsonb, initcond = '{}');`);
  });
  afterAll(() => database.close());

  test('SQL and agents merge the layers of a number to the same (R2.1)', async () => {
    const written = fc.array(fc.array(layer, { minLength: 2, maxLength: 4 }), { minLength: 100, maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(written, async (numbers) => {
        const rows = await database.sql<{ policy: JsonObject }[]>`
          select (
            select merged(layer order by position)
            from jsonb_array_elements(number) with ordinality layers (layer, position)
          ) as policy
          from jsonb_array_elements(${database.sql.json(numbers as never)}) with ordinality numbers (number, place)
          order by place`;
        const expected = numbers.map((layers) => mergeLayers(layers.map((value) => ({ name: 'some', value }))).value);
        expect(rows.map(({ policy }) => policy)).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });
});
