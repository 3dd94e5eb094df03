import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { JobStatus, ServerMessage, WorkerMessage } from '@livekit/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { RunningCall } from '../../../agent/call.ts';
import type { RunningCourtesy } from '../../../agent/courtesy.ts';
import { CallEnds } from '../../../agent/ends.ts';
import { Leases } from '../../../agent/leases.ts';
import { Notes } from '../../../agent/notes.ts';
import type { CallPlatform } from '../../../agent/platform.ts';
import { Shard } from '../../../agent/shard.ts';
import { ShardJobs } from '../../../agent/shard-jobs.ts';
import { waitFor } from '../../../dev/stack/wait.ts';
import { systemClock } from '../../../shared/clock.ts';
import type { Database } from '../../../shared/db.ts';
import { poolNameSchema, sessionIdSchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const callJob = JSON.stringify({
  v: 1,
  kind: 'call',
  tenant: 'harbor-pizza',
  session_id: session,
  number_id: '00000000-0000-4000-8000-000000000002',
  called_number: '2001',
});

describe('a shard', () => {
  /** LiveKit's side, played by hand. */
  let server: WebSocketServer;
  let peer: WebSocket | undefined;
  let received: WorkerMessage['message'][];
  /** What the database was asked. */
  let asked: string[];
  let shard: Shard;

  beforeEach(async () => {
    received = [];
    asked = [];
    server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/agent' });
    server.on('connection', (socket) => {
      peer = socket;
      socket.on('message', (data: Buffer) => received.push(WorkerMessage.fromBinary(new Uint8Array(data)).message));
    });
    await once(server, 'listening');
    shard = new Shard({
      pool: poolNameSchema.parse('switchboard'),
      version: '1',
      server: { url: `ws://127.0.0.1:${port()}`, apiKey: 'key', apiSecret: 'a secret of thirty-two characters' },
      mostSessions: 20,
      platform: platform(),
      onRegistered: () => undefined,
    });
    await shard.open();
    await untilReceived('register');
  });
  afterEach(async () => {
    await shard.close();
    for (const client of server.clients) client.terminate();
    server.close();
    await once(server, 'close');
  });

  const port = () => (server.address() as AddressInfo).port;
  const send = (message: ServerMessage['message']) => peer?.send(new ServerMessage({ message }).toBinary());
  const untilReceived = (kind: string) =>
    waitFor(() => received.find((message) => message.case === kind), { what: kind, deadlineMs: 8_000 });

  function platform(): CallPlatform {
    const database = {
      async rows(name: string) {
        asked.push(name);
        return [];
      },
      async row(name: string) {
        asked.push(name);
        return { released: 0 };
      },
    } as unknown as Database;
    const books = { database, worker: 'shard-1', clock: systemClock, log: pino({ level: 'silent' }) };
    return { ...books, leases: new Leases(books), notes: new Notes(books) } as unknown as CallPlatform;
  }

  test('that goes at once leaves a call to others that it had accepted and that comes only now (R6.3, R3.5)', async () => {
    send(ServerMessage.fromJson({ availability: { job: { id: 'AJ_1' } } }).message);
    expect(await untilReceived('availability')).toMatchObject({ value: { available: true } });
    void shard.drain(60_000);
    await shard.leave();
    const job = { id: 'AJ_1', metadata: callJob, room: { name: 'call_2001_x' } };
    send(ServerMessage.fromJson({ assignment: { job, token: 't' } }).message);
    expect(await untilReceived('updateJob')).toMatchObject({ value: { jobId: 'AJ_1', status: JobStatus.JS_FAILED } });
    expect(asked).not.toContain('take_call');
    expect(asked.at(-1)).toBe('release_worker');
  });
});

describe('the jobs of a shard that drains', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const running = (ends = new CallEnds()) => ({ identity: { session }, ends }) as unknown as RunningCall;
  const courtesy: RunningCourtesy = { end: () => undefined, finished: Promise.resolve() };
  const later = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

  test('are over when the last call and the last refused caller is, and not before (R6.3)', async () => {
    const jobs = new ShardJobs();
    const over = vi.fn();
    jobs.accept('AJ_1', 7);
    jobs.keepCourtesy('AJ_2', courtesy);
    void jobs.none().then(over);
    expect(jobs.assigned('AJ_1')).toBe(7);
    jobs.keepCall('AJ_1', running());
    jobs.ended('AJ_2');
    await later();
    expect([jobs.count, over.mock.calls.length]).toEqual([1, 0]);
    jobs.ended('AJ_1');
    await later();
    expect([jobs.count, over.mock.calls.length]).toEqual([0, 1]);
  });

  test('are over too when an accepted offer was given to somebody else (R6.3)', async () => {
    const jobs = new ShardJobs();
    const over = vi.fn();
    jobs.accept('AJ_1', 7);
    void jobs.none().then(over);
    await later(9_000);
    expect(over).not.toHaveBeenCalled();
    await later(2_000);
    expect(over).toHaveBeenCalled();
    expect(jobs.assigned('AJ_1')).toBeUndefined();
  });

  test('cost nothing while they last, however long that is (R6.3)', async () => {
    const jobs = new ShardJobs();
    jobs.keepCall('AJ_1', running());
    const { finished } = courtesy;
    const then = vi.spyOn(finished, 'then');
    jobs.keepCourtesy('AJ_2', { ...courtesy, finished });
    void jobs.none();
    await later(3_600_000);
    expect([vi.getTimerCount(), then.mock.calls.length]).toEqual([0, 0]);
  });
});

describe('a call that has come back to a shard before its last run there was over', () => {
  const run = (ends: CallEnds) => ({ identity: { session }, ends }) as unknown as RunningCall;

  test('is its newest run, for whoever looks for it (R3.5)', () => {
    const jobs = new ShardJobs();
    const last = new CallEnds();
    jobs.keepCall('AJ_1', run(last));
    expect(jobs.isHere(session)).toBe(true);
    last.handOver('sent out of the room');
    expect(jobs.isHere(session)).toBe(false);
    const newest = new CallEnds();
    jobs.keepCall('AJ_2', run(newest));
    expect(jobs.callOf(session)?.ends).toBe(newest);
    expect(jobs.isHere(session)).toBe(true);
  });
});
