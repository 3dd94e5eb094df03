import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TapeSpool } from '../../../../agent/tape/spool.ts';
import { TapeSender } from '../../../../agent/tape/tape-sender.ts';
import { systemClock } from '../../../../shared/clock.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../../../../shared/db.ts';

const sampleRate = 16_000;
const about = {
  session: '0a000000-0000-4000-8000-00000000f001',
  worker: 'shard-1',
  beginsAt: new Date().toISOString(),
  sampleRate,
  retentionDays: 30,
};
const sentSchema = z.object({
  p_session_id: z.uuid(),
  p_worker: z.string(),
  p_recording: z.object({ length_ms: z.number(), parts: z.number(), retention_days: z.number() }),
  p_part: z.number(),
  p_sound: z.base64(),
});
type Sent = z.infer<typeof sentSchema>;

let folder: string;
let spool: TapeSpool;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-tapes-'));
  spool = new TapeSpool(join(folder, 'tapes'), systemClock);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Noise, which Opus can make little of. */
async function record(seconds: number): Promise<void> {
  const tape = await spool.open(about);
  let seed = 1;
  for (let second = 0; second < seconds; second++) {
    const block = new Int16Array(sampleRate * 2);
    for (let at = 0; at < block.length; at++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      block[at] = (seed >> 15) - 2 ** 15;
    }
    tape.append(block);
    // As in a call, there is time to write between one second and the next.
    await immediate();
  }
  await tape.close();
}

type Answer = { kept: boolean; reason: 'no_call' | 'too_old' | null } | Error;
const taken = { kept: true, reason: null } as const;

/** Answers each request with the next of these, and with the last one from then on. */
function database(...answers: Answer[]): Pick<Database, 'row'> & { readonly sent: Sent[] } {
  const sent: Sent[] = [];
  return {
    sent,
    async row(_name, args, row) {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer instanceof Error) throw answer;
      sent.push(sentSchema.parse(args));
      return row.parse(answer);
    },
  };
}

/** Sends what waits, as often as a supervisor tries before it stops. */
async function sendAll(to: Pick<Database, 'row'>): Promise<void> {
  await new TapeSender({ spool, database: to, clock: systemClock, log: pino({ level: 'silent' }) }).close(60_000);
}

describe('tapes of a host', () => {
  test('are sent as recordings, in parts, and then deleted (R4.7)', async () => {
    await record(90);
    const kept = database(taken);
    await sendAll(kept);
    const parts = kept.sent.map(({ p_part }) => p_part);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts).toEqual(parts.map((_part, at) => at + 1));
    expect(kept.sent[0]).toMatchObject({
      p_session_id: about.session,
      p_worker: about.worker,
      p_recording: { length_ms: 90_000, parts: parts.length, retention_days: 30 },
    });
    const sound = Buffer.concat(kept.sent.map(({ p_sound }) => Buffer.from(p_sound, 'base64')));
    expect(sound.toString('latin1', 0, 4)).toBe('OggS');
    expect(await spool.waiting()).toEqual([]);
  });

  test('become the same recording to the byte, whoever makes it: two supervisors may send one tape (R4.7)', async () => {
    const both = [database(taken), database(taken)] as const;
    for (const each of both) {
      await record(2);
      await sendAll(each);
    }
    expect(both[0].sent[0]?.p_sound).toBe(both[1].sent[0]?.p_sound);
    expect(both[0].sent).not.toEqual([]);
  });

  test.each<[string, Answer]>([
    ['the database is away', new DatabaseAway('nobody there')],
    ['the database answers with an error', new DatabaseFault('a deadlock')],
    ['the call is not known yet', { kept: false, reason: 'no_call' }],
  ])('wait while %s (R4.7, R3.5)', async (_why, answer) => {
    await record(1);
    await sendAll(database(answer));
    expect(await spool.waiting()).toHaveLength(1);
    const later = database(taken);
    await sendAll(later);
    expect([later.sent.length, await spool.waiting()]).toEqual([1, []]);
  });

  test('are thrown away when their time is over (R4.7)', async () => {
    await record(1);
    await sendAll(database({ kept: false, reason: 'too_old' }));
    expect(await spool.waiting()).toEqual([]);
  });

  test('without any sound are no recordings (R4.7)', async () => {
    await (await spool.open(about)).close();
    const kept = database(taken);
    await sendAll(kept);
    expect([kept.sent, await spool.waiting()]).toEqual([[], []]);
  });
});
