import { describe, expect, test } from 'vitest';
import { RememberedRows, readRemembered } from '../../../agent/remembered-rows.ts';
import { pizza, rowOf, saying } from './number-rows.ts';

/** What is left of a value on its way from one process to another. */
const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('rows that outlive the shard that read them', () => {
  test('arrive at the next one as they were, keys still sealed (R2.3, R7.3)', () => {
    const row = rowOf(pizza, {
      ...saying('Hello.'),
      provider_keys: [{ provider: 'openai', key_id: 'k1', ciphertext: 'sealed', owner: 'organization' }],
    });
    const rows = new RememberedRows();
    rows.learn('2001', sent(row));
    expect(readRemembered(sent(rows.all()))).toEqual([{ called: '2001', ageMs: expect.any(Number), row }]);
  });

  test('only the newest of a number is kept, and of too much the numbers in use (R2.3)', () => {
    // Two rows with little in them.
    const rows = new RememberedRows(0.001);
    for (const [called, text] of [
      ['1', 'old'],
      ['2', 'two'],
      ['1', 'new'],
      ['3', 'three'],
    ] as const)
      rows.learn(called, rowOf(pizza, saying(text)));
    const kept = readRemembered(rows.all()).map(({ called, row }) => `${called} ${JSON.stringify(row.layers.number)}`);
    expect(kept.sort()).toEqual(['1 {"greeting":{"text":"new"}}', '3 {"greeting":{"text":"three"}}']);
  });

  test('what another version of the code sent is left out, and the shard starts without it (R6.3)', () => {
    const rows = new RememberedRows();
    rows.learn('2001', { was: 'another shape' });
    rows.learn('2002', sent(rowOf(pizza)));
    expect(readRemembered(sent(rows.all())).map(({ called }) => called)).toEqual(['2002']);
  });
});
