import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TapeSpool } from '../../../../agent/tape/spool.ts';
import { systemClock } from '../../../../shared/clock.ts';

const about = {
  session: '0a000000-0000-4000-8000-00000000f001',
  worker: 'shard-1',
  beginsAt: '2026-11-22T10:00:00.000Z',
  sampleRate: 16_000,
  retentionDays: 30,
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-tapes-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const openSpool = () => new TapeSpool(join(folder, 'tapes'), systemClock);

describe('a tape on the disk', () => {
  test('waits to be sent when its call is over, with all that is known of it (R4.7)', async () => {
    const spool = openSpool();
    const tape = await spool.open(about);
    tape.append(Int16Array.of(1, 2));
    expect(await spool.waiting()).toEqual([]);
    tape.append(Int16Array.of(3, 4));
    await tape.close();
    const [waiting] = await spool.waiting();
    if (waiting === undefined) throw new Error('no tape waits');
    expect(await spool.about(waiting)).toMatchObject(about);
    expect([...new Int16Array(new Uint8Array(readFileSync(waiting.sound)).buffer)]).toEqual([1, 2, 3, 4]);
    await spool.delete(waiting);
    expect(await spool.waiting()).toEqual([]);
  });

  test('is for the eyes of its own user only (R4.7)', async () => {
    const spool = openSpool();
    const tape = await spool.open(about);
    tape.append(Int16Array.of(1, 2));
    await tape.close();
    const [waiting] = await spool.waiting();
    if (waiting === undefined) throw new Error('no tape waits');
    expect([waiting.folder, waiting.sound].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
  });

  test('of a shard that was killed waits too, once nobody writes to it any more (R4.7)', async () => {
    const spool = openSpool();
    const tape = await spool.open(about);
    tape.append(Int16Array.of(1, 2));
    const killed = join(folder, 'tapes');
    const later = new TapeSpool(killed, { now: () => Date.now() + 31_000 });
    expect(await spool.waiting()).toEqual([]);
    const [waiting] = await later.waiting();
    expect(waiting?.name).toMatch(/\.open$/);
    await tape.close();
  });

  test('that cannot be read does not stand in the way of the others (R4.7)', async () => {
    const spool = openSpool();
    const tape = await spool.open(about);
    await tape.close();
    const [waiting] = await spool.waiting();
    if (waiting === undefined) throw new Error('no tape waits');
    await spool.setAside(waiting);
    expect([await spool.waiting(), existsSync(join(spool.bad, waiting.name))]).toEqual([[], true]);
  });

  test('is none where nothing was ever recorded (R4.7)', async () => {
    expect(await openSpool().waiting()).toEqual([]);
  });
});
