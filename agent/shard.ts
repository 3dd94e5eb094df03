/**
 * One LiveKit worker that holds many calls.
 *
 * States: `serving` → `draining` (takes no offer, its calls go on) → `closed`. It registers as a worker of its own; LiveKit
 * spreads calls between shards by the load they report.
 */
import type { Job, JobAssignment } from '@livekit/protocol';
import type { PoolName, SessionId } from '../shared/ids.ts';
import type { ReasonCode } from '../shared/reasons.ts';
import { type RunningCall, startCall } from './call.ts';
import type { ConfigNews } from './config-poller.ts';
import { identify } from './identify.ts';
import { type LeaseHolder, Leases } from './leases.ts';
import { LoopWatch, loadOf } from './load.ts';
import type { CallPlatform } from './platform.ts';
import { type ServerAccess, WorkerConnection } from './worker-protocol.ts';

const reportEveryMs = 2_500;
/** An accepted offer that was not followed by its assignment: the server gave the job up. */
const assignmentDeadlineMs = 10_000;

export interface ShardOptions {
  readonly pool: PoolName;
  readonly server: ServerAccess;
  readonly mostSessions: number;
  readonly platform: CallPlatform;
  onRegistered(): void;
}

export class Shard implements LeaseHolder {
  readonly #options: ShardOptions;
  readonly #connection: WorkerConnection;
  readonly #leases: Leases;
  readonly #loop = new LoopWatch();
  readonly #reports: NodeJS.Timeout;
  /** By job id. A job is either accepted (its assignment is to come) or a call. */
  readonly #accepted = new Map<string, { readonly offeredMs: number; readonly expiry: NodeJS.Timeout }>();
  readonly #calls = new Map<string, RunningCall>();
  #full = false;
  #state: 'serving' | 'draining' | 'closed' = 'serving';

  constructor(options: ShardOptions) {
    this.#options = options;
    const { pool, server, platform } = options;
    const duties = {
      onOffer: (job: Job) => this.#offered(job),
      onAssignment: (assignment: JobAssignment) => this.#assigned(assignment),
      onTermination: (jobId: string) => void this.#calls.get(jobId)?.ends.end('room_closed'),
      onRegistered: (workerId: string) => {
        platform.log.info({ workerId, pool }, 'registered');
        this.#report();
        options.onRegistered();
      },
    };
    this.#connection = new WorkerConnection({ server, pool, duties, log: platform.log });
    this.#leases = new Leases(this, platform);
    this.#reports = setInterval(() => {
      this.#loop.endPeriod();
      this.#report();
    }, reportEveryMs);
    this.#connection.open();
  }

  held(): readonly SessionId[] {
    return [...this.#calls.values()].map((call) => call.identity.session);
  }

  end(session: SessionId, reason: ReasonCode): void {
    this.#callOf(session)?.ends.end(reason);
  }

  lose(session: SessionId): void {
    this.#callOf(session)?.ends.abandon('the lease was lost');
  }

  /** What changed in configurations. */
  hear(news: ConfigNews): void {
    this.#options.platform.numbers.hear(news);
  }

  /** Something of this call broke. */
  fail(session: SessionId, cause: Error): void {
    this.#callOf(session)?.ends.broken(cause);
  }

  /** Takes no more calls and lets the running ones end; those still there after `drainMs` are ended. */
  async drain(drainMs: number): Promise<void> {
    if (this.#state !== 'serving') return;
    this.#state = 'draining';
    this.#report();
    const timer = setTimeout(() => {
      for (const call of this.#calls.values()) call.ends.end('drained');
    }, drainMs);
    while (this.#calls.size > 0 || this.#accepted.size > 0) await this.#anyChange();
    clearTimeout(timer);
  }

  close(): void {
    this.#state = 'closed';
    clearInterval(this.#reports);
    this.#leases.close();
    this.#loop.close();
    this.#connection.close();
  }

  #offered(job: Job): boolean {
    const { mostSessions, platform } = this.#options;
    const room = this.#calls.size + this.#accepted.size < mostSessions;
    const accepted = this.#state === 'serving' && room;
    if (!accepted) {
      platform.log.warn({ jobId: job.id, state: this.#state, calls: this.#calls.size }, 'offer turned down');
      return false;
    }
    const offeredMs = platform.clock.monotonicMs();
    const expiry = setTimeout(() => this.#accepted.delete(job.id), assignmentDeadlineMs);
    this.#accepted.set(job.id, { offeredMs, expiry });
    // At once, not at the next round: a burst would otherwise land on figures from before it.
    queueMicrotask(() => this.#report());
    return true;
  }

  #assigned(assignment: JobAssignment): void {
    const jobId = assignment.job?.id ?? '';
    const { platform } = this.#options;
    const accepted = this.#accepted.get(jobId);
    clearTimeout(accepted?.expiry);
    this.#accepted.delete(jobId);
    const placed = identify(assignment.job);
    // Placed twice, because we were slow to come or out of the database's sight: SQL would give this shard the call twice.
    if (placed.outcome === 'identified' && this.#callOf(placed.identity.session) !== undefined) {
      platform.log.warn({ jobId, session: placed.identity.session }, 'a call that runs here was placed here again');
      this.#connection.jobEnded(jobId, null);
      return;
    }
    const call = startCall(assignment, accepted?.offeredMs ?? platform.clock.monotonicMs(), platform);
    if (call === undefined) {
      this.#connection.jobEnded(jobId, 'not a call of this platform');
      return;
    }
    this.#calls.set(jobId, call);
    void call.finished.then((outcome) => {
      this.#calls.delete(jobId);
      const failed = outcome.kind === 'ended' && outcome.reason === 'agent_failed';
      this.#connection.jobEnded(jobId, failed ? outcome.reason : null);
      this.#report();
    });
  }

  #callOf(session: SessionId): RunningCall | undefined {
    return [...this.#calls.values()].find((call) => call.identity.session === session);
  }

  #report(): void {
    const { mostSessions, platform } = this.#options;
    const readings = { sessions: this.#calls.size + this.#accepted.size, mostSessions, ...this.#loop.readings };
    const load = loadOf(readings);
    if (load.full !== this.#full)
      platform.log.info({ ...readings }, load.full ? 'shard is full' : 'shard has room again');
    this.#full = load.full;
    this.#connection.report(this.#state === 'serving' ? load : { ...load, load: 1, full: true });
  }

  /** Resolves when a call ends, or soon: an accepted job may become a call in between. */
  async #anyChange(): Promise<void> {
    const soon = new Promise((resolve) => setTimeout(resolve, 250));
    await Promise.race([soon, ...[...this.#calls.values()].map((call) => call.finished)]);
  }
}
