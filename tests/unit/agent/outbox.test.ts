import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FinishedCall } from '../../../agent/deliver.ts';
import { Outbox } from '../../../agent/outbox.ts';
import { OutboxSender } from '../../../agent/outbox-sender.ts';
import { RecordTrials } from '../../../agent/record-trials.ts';
import { settle } from '../../../agent/settle.ts';
import { waitFor } from '../../../dev/stack/wait.ts';
import type { CallRecord } from '../../../shared/call-record.ts';
import { type Clock, systemClock } from '../../../shared/clock.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { sessionIdSchema } from '../../../shared/ids.ts';

const [first, second, third] = [1, 2, 3].map((n) => sessionIdSchema.parse(`00000000-0000-4000-8000-00000000000${n}`));
const record: CallRecord = {
  turns: [{ role: 'caller', text: 'What time do you close tonight?', at_ms: 1_200 }],
  usage: [],
  timings: {},
  config: null,
  transfers: [],
  providers: [],
};
const finished = (session: string | undefined, worker = 'shard-1'): FinishedCall => ({
  finish: { p_session_id: session ?? '', p_end_reason: 'caller_hung_up', p_record: record, p_worker: worker },
});

let root: string;
let folder: string;
let nowMs: number;
let outbox: Outbox;
let database: FakeDatabase;
let said: Record<string, unknown>[];
const log = pino({ level: 'debug' }, { write: (line: string) => void said.push(JSON.parse(line)) });
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-outbox-'));
  folder = join(root, 'outbox');
  nowMs = Date.now();
  outbox = new Outbox(folder, { now: () => nowMs++ });
  database = new FakeDatabase();
  said = [];
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Takes each call once, as finish_call does; away, or failing for some, when a test says so. */
class FakeDatabase implements Pick<Database, 'row'> {
  away = false;
  readonly failing = new Set<string>();
  readonly kept: string[] = [];
  readonly asked: string[] = [];

  async row(name: string, args: Readonly<Record<string, unknown>>): Promise<never> {
    const session = String(args['p_session_id']);
    if (this.away) throw new DatabaseAway('no answer');
    this.asked.push(`${name} ${session}`);
    if (this.failing.has(session)) throw new DatabaseFault('a constraint is violated');
    if (name === 'adopt_call') return { adopted: true, reason: null } as never;
    const isNew = !this.kept.includes(session);
    if (isNew) this.kept.push(session);
    return { finished: isNew } as never;
  }
}

const files = async () => (await readdir(folder)).filter((name) => name !== 'bad');
const sending = (clock: Clock = systemClock) =>
  new OutboxSender({ outbox, database: database as unknown as Database, clock, log });
const untilEmpty = () =>
  waitFor(async () => (await files()).length === 0, { what: 'an empty outbox', deadlineMs: 8_000 });
const settling = (session = first) =>
  settle(
    { session: session ?? sessionIdSchema.parse(''), reason: 'caller_hung_up', record },
    { worker: 'shard-1', database: database as unknown as Database, outbox },
    log,
  );

describe('a call that ends while the database is away', () => {
  test('is written to disk, for its owner alone, and goes on record when the database is back (R1.8)', async () => {
    database.away = true;
    await settling();
    const [name = ''] = await files();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, name), 'utf8')).toContain('What time do you close tonight?');

    const sender = sending();
    await waitFor(() => said.some(({ msg }) => msg === 'records of calls wait for the database'), {
      what: 'the number that waits',
      deadlineMs: 5_000,
    });
    database.away = false;
    await untilEmpty();
    await sender.close(0);
    expect(database.kept).toEqual([first]);
    expect(said).toContainEqual(
      expect.objectContaining({ msg: 'all records that waited are delivered', delivered: 1 }),
    );
  });

  test('is kept although the database takes nothing of it: it may be no more than a restart half done (R1.8)', async () => {
    database.failing.add(String(first));
    await settling();
    database.failing.clear();
    const sender = sending();
    await untilEmpty();
    await sender.close(0);
    expect(database.kept).toEqual([first]);
  });

  test('and was admitted meanwhile is told of before it is finished (R1.8)', async () => {
    await outbox.put({ ...finished(first), adopt: { tenant: 'harbor-pizza' } });
    await sending().close(1_000);
    expect(database.asked).toEqual([`adopt_call ${first}`, `finish_call ${first}`]);
  });

  test('is not lost on a full disk while its shard lives and the database comes back (R1.8)', async () => {
    await writeFile(folder, 'no folder can be made here, as on a disk that is full');
    database.away = true;
    const settled = settling();
    const unwritten = 'the record of the call cannot be written to disk';
    await waitFor(() => said.some(({ msg }) => msg === unwritten), { what: 'that line', deadlineMs: 5_000 });
    database.away = false;
    await settled;
    expect(database.kept).toEqual([first]);
  });
});

describe('what an earlier process left', () => {
  test('is sent in the order in which calls ended (R1.8)', async () => {
    for (const session of [second, first, third]) await outbox.put(finished(session));
    await sending().close(1_000);
    expect(database.kept).toEqual([second, first, third]);
    expect(await files()).toEqual([]);
  });

  test('is sent when its writer was killed between the last byte and the new name (R1.8)', async () => {
    await outbox.put(finished(first));
    const [name = ''] = await files();
    const text = await readFile(join(folder, name));
    await rm(join(folder, name));
    const partial = join(folder, `${name}.partial`);
    await writeFile(partial, text);
    await sending().close(0);
    // Its writer may be at it still.
    expect(database.kept).toEqual([]);
    const longAgo = new Date(nowMs - 60_000);
    await utimes(partial, longAgo, longAgo);
    await sending().close(1_000);
    expect(database.kept).toEqual([first]);
    expect(await files()).toEqual([]);
  });

  test('is set aside when it is torn or of another version, and keeps nobody else waiting (R1.8)', async () => {
    await mkdir(folder);
    await writeFile(join(folder, `1-${first}.json`), '{"v":1,"finish":{"p_sess');
    await writeFile(join(folder, `2-${second}.json`), JSON.stringify({ v: 2, ...finished(second) }));
    await outbox.put(finished(third));
    await sending().close(1_000);
    expect(database.kept).toEqual([third]);
    expect((await readdir(outbox.bad)).sort()).toEqual([`1-${first}.json`, `2-${second}.json`]);
    expect(said.filter(({ level }) => level === 50)).toHaveLength(2);
  });

  test('is tried often and for long before it is set aside, while others are delivered (R1.8)', async () => {
    database.failing.add(String(first));
    await outbox.put(finished(first));
    await outbox.put(finished(second));
    // A minute goes by each time that somebody looks at the clock.
    let minutes = 0;
    const sender = sending({ now: () => nowMs, monotonicMs: () => 60_000 * minutes++ });
    await waitFor(() => database.kept.includes(String(second)), { what: 'the other one', deadlineMs: 5_000 });
    expect(await files()).toHaveLength(1);
    await untilEmpty();
    await sender.close(0);
    expect(await readdir(outbox.bad)).toHaveLength(1);
    expect(database.asked.filter((call) => call.endsWith(String(first)))).toHaveLength(20);
  });

  test('is tried once more by a supervisor that stops, however long it was to wait (R1.8)', async () => {
    database.failing.add(String(first));
    await outbox.put(finished(first));
    const sender = sending({ now: () => nowMs, monotonicMs: () => 0 });
    await waitFor(() => database.asked.length === 1, { what: 'a try', deadlineMs: 5_000 });
    database.failing.clear();
    await sender.close(0);
    expect(database.kept).toEqual([first]);
  });

  test('is on record once when two supervisors share a folder (R1.8)', async () => {
    for (const session of [first, second, third]) await outbox.put(finished(session));
    const senders = [sending(), sending()];
    await untilEmpty();
    await Promise.all(senders.map((sender) => sender.close(1_000)));
    expect(database.kept).toEqual([first, second, third]);
    expect(said.filter(({ level }) => Number(level) >= 40)).toEqual([]);
  });

  test('is not shown to others in a folder that was open to them (R1.8)', async () => {
    await mkdir(folder);
    await chmod(folder, 0o755);
    await sending().close(0);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });
});

describe('a record that the database answers with an error', () => {
  const minuteMs = 60_000;
  let atMs = 0;
  let trials: RecordTrials;
  beforeEach(() => {
    atMs = 1_000_000;
    trials = new RecordTrials({ monotonicMs: () => atMs });
  });
  /** Tried whenever it is due. @returns after how many milliseconds each try was, and whether the last one was the last */
  const tryFor = (ms: number) => {
    const beginMs = atMs;
    const triedMs: number[] = [];
    for (; atMs - beginMs < ms; atMs += 250) {
      if (!trials.isDue('a record')) continue;
      triedMs.push(atMs - beginMs);
      if (trials.failed('a record') === 'set_aside') return { triedMs, end: 'set_aside' };
    }
    return { triedMs, end: 'wait' };
  };

  test('waits while that may be the matter of a deploy, tried more and more seldom (R1.8)', () => {
    const { triedMs, end } = tryFor(14 * minuteMs);
    expect(end).toBe('wait');
    expect(triedMs.slice(0, 9)).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 15_750, 25_750, 35_750]);
  });

  test('is set aside after a quarter of an hour of that, and not before it was tried twenty times (R1.8)', () => {
    expect(tryFor(60 * minuteMs).end).toBe('set_aside');
    expect(atMs - 1_000_000).toBeGreaterThanOrEqual(15 * minuteMs);
    trials.over('a record');
    const fates = Array.from({ length: 20 }, () => {
      atMs += 60 * minuteMs;
      return trials.failed('a record');
    });
    expect(fates).toEqual([...Array(19).fill('wait'), 'set_aside']);
  });
});

test('a supervisor that stops while the database is away says how many records it leaves (R1.8)', async () => {
  database.away = true;
  await outbox.put(finished(first));
  await sending().close(0);
  expect(await files()).toHaveLength(1);
  expect(said).toContainEqual(
    expect.objectContaining({ msg: 'records of calls are left on disk for the next start', waiting: 1 }),
  );
});
