import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Job, ServerMessage, WorkerMessage, WorkerStatus } from '@livekit/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import {
  backoffAfter,
  parseServerMessage,
  WorkerConnection,
  type WorkerDuties,
} from '../../../agent/worker-protocol.ts';
import { waitFor } from '../../../dev/stack/wait.ts';
import { poolNameSchema } from '../../../shared/ids.ts';

/** The server's side of the protocol, played by hand. */
let server: WebSocketServer;
let connection: WorkerConnection;
let received: WorkerMessage['message'][];
let peer: WebSocket | undefined;
let authorization: string | undefined;

beforeEach(async () => {
  received = [];
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/agent' });
  server.on('connection', (socket, request) => {
    peer = socket;
    authorization = request.headers.authorization;
    socket.on('message', (data: Buffer) => received.push(WorkerMessage.fromBinary(new Uint8Array(data)).message));
  });
  await once(server, 'listening');
});
afterEach(async () => {
  connection.close();
  for (const client of server.clients) client.terminate();
  server.close();
  await once(server, 'close');
});

function connect(duties: Partial<WorkerDuties> = {}): void {
  connection = new WorkerConnection({
    server: {
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
      apiKey: 'key',
      apiSecret: 'a secret of thirty-two characters',
    },
    pool: poolNameSchema.parse('switchboard'),
    log: pino({ level: 'silent' }),
    duties: {
      onOffer: () => true,
      onAssignment: () => undefined,
      onTermination: () => undefined,
      onRegistered: () => undefined,
      ...duties,
    },
  });
  connection.open();
}

const send = (message: ServerMessage['message']) => peer?.send(new ServerMessage({ message }).toBinary());
const offer = (id: string) => send(ServerMessage.fromJson({ availability: { job: { id } } }).message);
const untilReceived = (kind: string, count = 1) =>
  waitFor(() => received.filter((message) => message.case === kind).length >= count, { what: kind, deadlineMs: 8_000 });

describe('the worker protocol', () => {
  test('a shard registers under the name of its pool, with a token that may only be an agent (R3.7)', async () => {
    connect();
    await untilReceived('register');
    expect(received[0]).toMatchObject({ value: { agentName: 'switchboard', allowedPermissions: { agent: true } } });
    const claims = JSON.parse(Buffer.from(authorization?.split('.')[1] ?? '', 'base64url').toString());
    expect(claims.video).toEqual({ agent: true });
  });

  test('an offer is answered either way, never left open (R3.2)', async () => {
    connect({ onOffer: (job) => job.id === 'AJ_wanted' });
    await untilReceived('register');
    offer('AJ_wanted');
    offer('AJ_unwanted');
    await untilReceived('availability', 2);
    const answers = received.flatMap((message) => (message.case === 'availability' ? [message.value] : []));
    expect(answers.map(({ jobId, available }) => [jobId, available])).toEqual([
      ['AJ_wanted', true],
      ['AJ_unwanted', false],
    ]);
    expect(answers[0]?.participantIdentity).toBe('agent-AJ_wanted');
  });

  test('assignments and terminations reach the shard, garbage does not harm it (R3.2)', async () => {
    const seen: string[] = [];
    connect({
      onAssignment: ({ job }) => void seen.push(`assigned ${job?.id}`),
      onTermination: (jobId) => void seen.push(`terminated ${jobId}`),
    });
    await untilReceived('register');
    peer?.send('text');
    peer?.send(Buffer.from([255, 255, 255]));
    send(ServerMessage.fromJson({ assignment: { job: { id: 'AJ_1' }, token: 't' } }).message);
    send(ServerMessage.fromJson({ termination: { jobId: 'AJ_1' } }).message);
    await waitFor(() => seen.length === 2, { what: 'both messages', deadlineMs: 5_000 });
    expect(seen).toEqual(['assigned AJ_1', 'terminated AJ_1']);
  });

  test('load and ended jobs are told (R3.7)', async () => {
    connect();
    await untilReceived('register');
    connection.report({ load: 0.7, full: true, jobs: 3 });
    connection.jobEnded('AJ_1', null);
    await untilReceived('updateJob');
    expect(received[1]).toMatchObject({ case: 'updateWorker', value: { status: WorkerStatus.WS_FULL, jobCount: 3 } });
  });

  test('a lost connection comes back and registers again (R3.5)', async () => {
    connect();
    await untilReceived('register');
    peer?.terminate();
    await untilReceived('register', 2);
  });
});

test('waits between tries double, stay below five seconds and never fall in step (R3.5)', () => {
  const longest = [0, 1, 2, 3, 4, 5, 9].map((attempt) => backoffAfter(attempt, () => 1));
  expect(longest).toEqual([250, 500, 1000, 2000, 4000, 5000, 5000]);
  expect(backoffAfter(4, () => 0)).toBe(2000);
});

test('what is no frame of the protocol is nothing (R3.2)', () => {
  expect(parseServerMessage(Buffer.from('{"register":{}}'), false)).toBeUndefined();
  expect(parseServerMessage(Buffer.from([255, 1, 2]), true)).toBeUndefined();
  const frame = Buffer.from(ServerMessage.fromJson({ availability: { job: { id: 'AJ_1' } } }).toBinary());
  expect(parseServerMessage(frame, true)).toMatchObject({
    case: 'availability',
    value: { job: new Job({ id: 'AJ_1' }) },
  });
});
