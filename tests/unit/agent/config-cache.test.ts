import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { ConfigCache, type ConfigCacheOptions, type Lookup } from '../../../agent/config-cache.ts';
import { DatabaseFault } from '../../../shared/db.ts';
import { bianchi, HandSource, pizza, rowOf, saying } from './number-rows.ts';

const hourMs = 3600 * 1000;
const log = pino({ level: 'silent' });

let nowMs: number;
let source: HandSource;
const clock = { now: () => nowMs, monotonicMs: () => nowMs };
const open = (more: Partial<ConfigCacheOptions> = {}) => new ConfigCache({ source, clock, log, ...more });

beforeEach(() => {
  nowMs = 1_000;
  source = new HandSource();
  source.rows.set('2001', rowOf(pizza, saying('One.')));
  source.rows.set('2002', rowOf(pizza, saying('Two.')));
  source.rows.set('3001', rowOf(bianchi, saying('Tre.')));
});

/** What a caller would hear first, and from where that is known. */
function heard(lookup: Lookup): string {
  if (lookup.outcome !== 'found') return lookup.outcome;
  const { agent } = lookup.number;
  return agent.outcome === 'usable' ? `${agent.config.greeting.text} (${lookup.from})` : agent.outcome;
}

/** A cache that has read 2001 and hears that nothing changed. */
async function knowing(more: Partial<ConfigCacheOptions> = {}): Promise<ConfigCache> {
  const cache = open(more);
  cache.hear([]);
  await cache.find('2001', pizza);
  source.asked.length = 0;
  return cache;
}

/** Runs what is ready to run. */
async function settle(): Promise<void> {
  for (let round = 0; round < 5; round++) await turn();
}

describe('callers of a number that nobody called before', () => {
  test('twenty at once cost one read (R2.3)', async () => {
    source.hold();
    const cache = open();
    const calls = Array.from({ length: 20 }, () => cache.find('2001', pizza));
    await settle();
    source.letGo();
    expect(new Set((await Promise.all(calls)).map(heard))).toEqual(new Set(['One. (database)']));
    expect(source.asked).toEqual(['2001']);
  });

  test('the numbers of one business are read one after the other, another business does not wait (R2.3)', async () => {
    source.hold();
    const cache = open();
    const calls = [cache.find('2001', pizza), cache.find('2002', pizza), cache.find('3001', bianchi)];
    await settle();
    expect(source.asked).toEqual(['2001', '3001']);
    source.letGo();
    expect((await Promise.all(calls)).map(heard)).toEqual(['One. (database)', 'Two. (database)', 'Tre. (database)']);
    expect(source.most).toBe(2);
  });

  test('with the database away nobody waits for a queue of reads that fail (R2.3)', async () => {
    source.hold();
    const cache = open();
    const calls = [cache.find('2001', pizza), cache.find('2002', pizza)];
    await settle();
    source.away();
    source.letGo();
    expect((await Promise.all(calls)).map(heard)).toEqual(['away', 'away']);
    expect(source.asked).toEqual(['2001']);
  });

  test('nobody’s number, a database that is away and one that answers nonsense are three outcomes (R2.2)', async () => {
    const cache = open();
    expect(heard(await cache.find('9999', pizza))).toBe('nobody');
    source.away();
    expect(heard(await cache.find('2001', pizza))).toBe('away');
    source.failure = new DatabaseFault('another shape');
    expect(heard(await cache.find('2001', pizza))).toBe('broken');
  });

  test('a number that was nobody’s is somebody’s as soon as it is added (R1.5)', async () => {
    const cache = await knowing();
    expect(heard(await cache.find('2003', pizza))).toBe('nobody');
    source.rows.set('2003', rowOf(pizza, saying('New.')));
    expect(heard(await cache.find('2003', pizza))).toBe('New. (database)');
  });
});

describe('callers of a number that is known', () => {
  test('nothing is read, merged or checked for them (R2.3)', async () => {
    const cache = await knowing();
    const [one, two] = [await cache.find('2001', pizza), await cache.find('2001', pizza)];
    expect(source.asked).toEqual([]);
    const configOf = (lookup: Lookup) =>
      lookup.outcome === 'found' && lookup.number.agent.outcome === 'usable' ? lookup.number.agent.config : undefined;
    expect(configOf(one)).toBe(configOf(two));
    expect(Object.isFrozen(configOf(one)?.tts.options)).toBe(true);
  });

  test('a change of their business is heard by the next one (R2.3)', async () => {
    const cache = await knowing();
    source.rows.set('2001', rowOf(pizza, saying('Better.', 2)));
    cache.hear([{ tenant: pizza, revision: 2 }]);
    expect(heard(await cache.find('2001', pizza))).toBe('Better. (database)');
    expect(heard(await cache.find('2001', pizza))).toBe('Better. (database)');
    expect(source.asked).toEqual(['2001']);
  });

  test('a change of the platform is a change for all, one of another business is none (R2.3)', async () => {
    const cache = await knowing();
    cache.hear([{ tenant: bianchi, revision: 7 }]);
    await cache.find('2001', pizza);
    expect(source.asked).toEqual([]);
    cache.hear([{ tenant: null, revision: 8 }]);
    await cache.find('2001', pizza);
    expect(source.asked).toEqual(['2001']);
  });

  test('a change that comes while the number is read is not missed (R2.3)', async () => {
    source.hold();
    const cache = open();
    const first = cache.find('2001', pizza);
    await settle();
    source.rows.set('2001', rowOf(pizza, saying('Better.', 2)));
    cache.hear([{ tenant: pizza, revision: 2 }]);
    const second = cache.find('2001', pizza);
    source.letGo();
    await first;
    expect(heard(await second)).toBe('Better. (database)');
    expect(source.asked).toEqual(['2001', '2001']);
  });

  test('what was read before changes were counted is read again (R2.3)', async () => {
    const cache = await knowing();
    source.rows.set('2001', rowOf(pizza, saying('Restored.')));
    cache.hear('unknown');
    expect(heard(await cache.find('2001', pizza))).toBe('Restored. (database)');
  });

  test('what was read long ago is taken at once and read again behind the call’s back (R2.3)', async () => {
    const cache = await knowing();
    source.rows.set('2001', rowOf(pizza, saying('Never announced.', 2)));
    nowMs += 61_000;
    cache.hear([]);
    source.hold();
    expect(heard(await cache.find('2001', pizza))).toBe('One. (database)');
    source.letGo();
    await settle();
    expect(heard(await cache.find('2001', pizza))).toBe('Never announced. (database)');
  });

  test('of more than is kept those are forgotten that nobody called for longest (R2.3)', async () => {
    // Two entries with little in them.
    const cache = await knowing({ mostMb: 0.03 });
    await cache.find('2002', pizza);
    await cache.find('2001', pizza);
    await cache.find('3001', bianchi);
    source.away();
    const lookups = [await cache.find('2001', pizza), await cache.find('2002', pizza)];
    expect(lookups.map(heard)).toEqual(['One. (database)', 'away']);
  });

  test('a business that writes books is forgotten before it takes the memory of the others (R2.3)', async () => {
    const instructions = 'Be friendly. '.repeat(1_500);
    const books = Array.from({ length: 50 }, (_, at) => `40${at + 10}`);
    for (const called of books) source.rows.set(called, rowOf(bianchi, { config_override: { instructions } }));
    const cache = await knowing({ mostMb: 1 });
    for (const called of books) {
      await cache.find(called, bianchi);
      await cache.find('2001', pizza);
    }
    source.asked.length = 0;
    for (const called of [...books].reverse()) await cache.find(called, bianchi);
    expect(source.asked.length).toBeGreaterThan(25);
    expect(heard(await cache.find('2001', pizza))).toBe('One. (database)');
  });

  test('a number that was given to another business is not answered with what it was (R1.5)', async () => {
    const cache = await knowing();
    source.away();
    expect(heard(await cache.find('2001', bianchi))).toBe('away');
  });
});

describe('callers while the database is away', () => {
  test('they are answered with what it last said, for a day (R2.3)', async () => {
    const cache = await knowing();
    source.away();
    nowMs += 2_001;
    expect(heard(await cache.find('2001', pizza))).toBe('One. (memory)');
    nowMs += 23 * hourMs;
    expect(heard(await cache.find('2001', pizza))).toBe('One. (memory)');
    nowMs += hourMs;
    expect(heard(await cache.find('2001', pizza))).toBe('away');
  });

  test('the day begins when it was last known that nothing had changed (R2.3)', async () => {
    const cache = await knowing();
    nowMs += 48 * hourMs;
    cache.hear([]);
    source.away();
    nowMs += 23 * hourMs;
    expect(heard(await cache.find('2001', pizza))).toBe('One. (memory)');
  });

  test('a database that answers nonsense ends no line that worked before (R2.3)', async () => {
    const cache = await knowing();
    source.failure = new DatabaseFault('another shape');
    cache.hear([{ tenant: pizza, revision: 2 }]);
    expect(heard(await cache.find('2001', pizza))).toBe('One. (memory)');
  });

  test('a slow one is waited for, but not for long (R2.3)', async () => {
    const cache = await knowing();
    cache.hear([{ tenant: pizza, revision: 2 }]);
    source.rows.set('2001', rowOf(pizza, saying('Late.', 2)));
    source.hold();
    expect(heard(await cache.find('2001', pizza))).toBe('One. (memory)');
    source.letGo();
    await settle();
    expect(heard(await cache.find('2001', pizza))).toBe('Late. (database)');
  });

  test('a new shard answers with what the one before it knew, and reads again when it can (R2.3)', async () => {
    const learned: { called: string; ageMs: number; row: ReturnType<typeof rowOf> }[] = [];
    await knowing({ onLearned: (called, row) => learned.push({ called, row, ageMs: hourMs }) });
    source.away();
    const fresh = open({ remembered: learned });
    expect(heard(await fresh.find('2001', pizza))).toBe('One. (memory)');
    nowMs += 23 * hourMs;
    expect(heard(await fresh.find('2001', pizza))).toBe('One. (memory)');
    nowMs += 1;
    expect(heard(await fresh.find('2001', pizza))).toBe('away');
    source.failure = undefined;
    expect(heard(await fresh.find('2001', pizza))).toBe('One. (database)');
  });
});

describe('callers of a number whose configuration was broken', () => {
  const broken = (revision: number) =>
    rowOf(pizza, {
      config_override: { stt: { provider: 'nobody' } },
      config_revision: revision,
      changed_revision: revision,
    });
  const revisionOf = (lookup: Lookup) =>
    lookup.outcome === 'found' && lookup.number.agent.outcome === 'usable' ? lookup.number.agent : undefined;

  test('they hear the newest version that works, however many broken ones are above it (R2.2)', async () => {
    const cache = open();
    source.rows.set('2001', broken(9));
    source.older = [broken(8), broken(7), rowOf(pizza, saying('Good.', 5)), rowOf(pizza, saying('Older.', 4))];
    const lookup = await cache.find('2001', pizza);
    expect(heard(lookup)).toBe('Good. (database)');
    expect(revisionOf(lookup)).toMatchObject({ revision: 5, broken: [{ path: 'stt.provider', layer: 'number' }] });
  });

  test('the search is done once, not for every caller (R2.2)', async () => {
    const cache = open();
    cache.hear([]);
    source.rows.set('2001', broken(9));
    source.older = [rowOf(pizza, saying('Good.', 5))];
    await cache.find('2001', pizza);
    source.asked.length = 0;
    expect(heard(await cache.find('2001', pizza))).toBe('Good. (database)');
    expect(source.asked).toEqual([]);
  });

  test('what worked until now is used when the history cannot be read (R2.2)', async () => {
    const cache = await knowing();
    source.rows.set('2001', broken(2));
    source.older = [];
    cache.hear([{ tenant: pizza, revision: 2 }]);
    const lookup = await cache.find('2001', pizza);
    expect(heard(lookup)).toBe('One. (database)');
    expect(revisionOf(lookup)?.broken).toHaveLength(1);
  });

  test('what another business had on the number is never used for it (R1.5, R2.2)', async () => {
    const cache = await knowing();
    source.rows.set('2001', { ...broken(2), tenant: bianchi });
    cache.hear([{ tenant: pizza, revision: 2 }]);
    expect(heard(await cache.find('2001', bianchi))).toBe('invalid');
  });

  test('without any version that works the problems come out, and nothing is handed to other shards (R2.2)', async () => {
    const learned: string[] = [];
    const cache = open({ onLearned: (called) => learned.push(called) });
    source.rows.set('2001', broken(9));
    source.older = [broken(8), broken(7), broken(6), broken(5), broken(4), rowOf(pizza, saying('Too old.', 1))];
    expect(heard(await cache.find('2001', pizza))).toBe('invalid');
    expect(source.asked.filter((what) => what.includes('before'))).toHaveLength(5);
    expect(learned).toEqual([]);
  });

  test('a number without an agent is not configured, which is not the same as broken (R2.2)', async () => {
    source.rows.set('2001', rowOf(pizza, { instance_config: null }));
    expect(heard(await open().find('2001', pizza))).toBe('missing');
  });
});
