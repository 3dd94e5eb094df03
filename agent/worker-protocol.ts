/**
 * LiveKit's worker protocol: one WebSocket on which the server offers jobs and this worker answers.
 *
 * States: `connecting` (socket opening, register sent) → `registered` → `waiting` (connection lost, backing off) → … →
 * `closed`. Calls that run do not depend on the connection: it comes back and they never notice.
 *
 * An offer must be answered within milliseconds. One that is left unanswered is never placed with anybody else: the server
 * waits out its 3 s and drops the job, and the caller rings on.
 */
import {
  type Job,
  type JobAssignment,
  JobStatus,
  JobType,
  ParticipantPermission,
  ServerMessage,
  WorkerMessage,
  WorkerStatus,
} from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';
import { type RawData, WebSocket } from 'ws';
import { coerceError } from '../shared/faults.ts';
import type { PoolName } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';

/** The agents SDK whose protocol this is; the server only shows it. */
const protocolOfSdk = '1.9.0';
const dialDeadlineMs = 5_000;
const pingEveryMs = 10_000;
/** Two pings without an answer: the peer is gone although TCP has not noticed yet. */
const silenceMeansGoneMs = 25_000;
const firstBackoffMs = 250;
const longestBackoffMs = 5_000;

export interface ServerAccess {
  /** ws:// or wss:// */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
}

/** What the shard says when it is asked. All are called from the socket's own events and must return at once. */
export interface WorkerDuties {
  /** A job is on offer: does this worker want it? */
  onOffer(job: Job): boolean;
  onAssignment(assignment: JobAssignment): void;
  /** The server ended a job of ours: its dispatch or its room was deleted. */
  onTermination(jobId: string): void;
  onRegistered(workerId: string): void;
}

export interface WorkerLoad {
  /** 0 to 1; the server sends nothing to a worker at 0.7 or above. */
  readonly load: number;
  readonly full: boolean;
  readonly jobs: number;
}

export type WorkerState =
  | { readonly kind: 'connecting' | 'waiting' | 'closed' }
  | { readonly kind: 'registered'; readonly workerId: string };

export interface WorkerOptions {
  readonly server: ServerAccess;
  readonly pool: PoolName;
  readonly duties: WorkerDuties;
  readonly log: Logger;
}

export class WorkerConnection {
  readonly #options: WorkerOptions;
  #state: WorkerState = { kind: 'waiting' };
  #socket: WebSocket | undefined;
  #attempt = 0;
  #retry: NodeJS.Timeout | undefined;
  #ping: NodeJS.Timeout | undefined;
  #heardAtMs = 0;

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  get state(): WorkerState {
    return this.#state;
  }

  /** Connects, and connects again whenever the connection is lost, until close(). */
  open(): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'connecting' };
    this.#dial().catch((thrown: unknown) => this.#lost(coerceError(thrown)));
  }

  report(load: WorkerLoad): void {
    const status = load.full ? WorkerStatus.WS_FULL : WorkerStatus.WS_AVAILABLE;
    this.#send({ case: 'updateWorker', value: { load: load.load, jobCount: load.jobs, status } });
  }

  /** Tells the server how a job ended; without it the server keeps a handler for every job it ever placed. */
  jobEnded(jobId: string, error: string | null): void {
    const status = error === null ? JobStatus.JS_SUCCESS : JobStatus.JS_FAILED;
    this.#send({ case: 'updateJob', value: { jobId, status, error: error ?? '' } });
  }

  close(): void {
    this.#state = { kind: 'closed' };
    clearTimeout(this.#retry);
    clearInterval(this.#ping);
    this.#socket?.close();
  }

  async #dial(): Promise<void> {
    const { server } = this.#options;
    const token = new AccessToken(server.apiKey, server.apiSecret);
    token.addGrant({ agent: true });
    const headers = { authorization: `Bearer ${await token.toJwt()}` };
    if (this.#state.kind === 'closed') return;
    const socket = new WebSocket(new URL('/agent', server.url), { headers, handshakeTimeout: dialDeadlineMs });
    this.#socket = socket;
    socket.on('open', () => this.#register());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    // `close` always follows `error`, so only `close` acts.
    let failure: Error | undefined;
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', (code) => this.#lost(failure ?? new Error(`the server closed the connection (code ${code})`)));
  }

  #register(): void {
    this.#heardAtMs = performance.now();
    this.#ping = setInterval(() => this.#checkPulse(), pingEveryMs);
    this.#send({
      case: 'register',
      value: {
        type: JobType.JT_ROOM,
        agentName: this.#options.pool,
        version: protocolOfSdk,
        allowedPermissions: new ParticipantPermission({
          canPublish: true,
          canSubscribe: true,
          canPublishData: true,
          canUpdateMetadata: true,
          agent: true,
        }),
      },
    });
  }

  #checkPulse(): void {
    if (performance.now() - this.#heardAtMs > silenceMeansGoneMs) this.#socket?.terminate();
    else this.#send({ case: 'ping', value: { timestamp: BigInt(Date.now()) } });
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#heardAtMs = performance.now();
    const message = parseServerMessage(data, isBinary);
    if (message === undefined) {
      this.#options.log.warn({ binary: isBinary }, 'message from the LiveKit server is not readable');
      return;
    }
    switch (message.case) {
      case 'register':
        this.#registered(message.value.workerId);
        break;
      case 'availability':
        if (message.value.job !== undefined) this.#answer(message.value.job);
        break;
      case 'assignment':
        this.#options.duties.onAssignment(message.value);
        break;
      case 'termination':
        this.#options.duties.onTermination(message.value.jobId);
        break;
      case 'pong':
      case undefined:
        break;
    }
  }

  #registered(workerId: string): void {
    this.#attempt = 0;
    this.#state = { kind: 'registered', workerId };
    this.#options.duties.onRegistered(workerId);
  }

  #answer(job: Job): void {
    const available = this.#options.duties.onOffer(job);
    const participant = { participantIdentity: `agent-${job.id}`, participantName: '', participantMetadata: '' };
    this.#send({ case: 'availability', value: { jobId: job.id, available, ...participant } });
  }

  #send(message: OutgoingMessage): void {
    // A frame that finds no connection is dropped on purpose: load is reported again, and jobs are settled in SQL.
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(new WorkerMessage({ message }).toBinary());
  }

  #lost(cause: Error): void {
    clearInterval(this.#ping);
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'waiting' };
    const backoffMs = backoffAfter(this.#attempt++);
    this.#options.log.warn({ err: cause, backoffMs }, 'no connection to the LiveKit server');
    this.#retry = setTimeout(() => this.open(), backoffMs);
  }
}

type OutgoingMessage = NonNullable<NonNullable<ConstructorParameters<typeof WorkerMessage>[0]>['message']>;

/** Doubles from 250 ms up to 5 s, with a random part so that shards do not come back in step. */
export function backoffAfter(attempt: number, random: () => number = Math.random): number {
  const fullMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** attempt);
  return Math.round(fullMs * (0.5 + random() / 2));
}

/** Undefined for what is not a binary frame of this protocol. */
export function parseServerMessage(data: RawData, isBinary: boolean): ServerMessage['message'] | undefined {
  if (!isBinary) return undefined;
  try {
    return ServerMessage.fromBinary(Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data)).message;
  } catch (thrown) {
    if (thrown instanceof Error) return undefined;
    throw thrown;
  }
}
