/**
 * One LiveKit worker that holds many calls.
 *
 * States: `made` → `serving` → `draining` (takes no offer, its calls go on) → `leaving` (its calls go on elsewhere) → `closed`.
 * It registers as a worker of its own; LiveKit spreads calls between shards by the load they report.
 */
import type { Job, JobAssignment } from '@livekit/protocol';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { PoolName, SessionId } from '../shared/ids.ts';
import type { ReasonCode } from '../shared/reasons.ts';
import { type RunningCall, startCall } from './call.ts';
import type { ConfigNews } from './config-poller.ts';
import { type RunningCourtesy, startCourtesy } from './courtesy.ts';
import { identify, identifyRefused } from './identify.ts';
import type { LeaseHolder, WorkerStatus } from './leases.ts';
import { type LoadReadings, LoopWatch, loadOf } from './load.ts';
import type { CallPlatform } from './platform.ts';
import { signOff } from './sign-off.ts';
import { type ServerAccess, WorkerConnection, type WorkerLoad } from './worker-protocol.ts';

const reportEveryMs = 2_500;
/** An accepted offer that was not followed by its assignment: the server gave the job up. */
const assignmentDeadlineMs = 10_000;
/** A shard that is to go now has 3 s in all: notes and name are said first, then its rooms are left. */
const notesDeadlineMs = 800;
const roomsDeadlineMs = 1_000;

export interface ShardOptions {
  readonly pool: PoolName;
  readonly version: string;
  readonly server: ServerAccess;
  readonly mostSessions: number;
  readonly platform: CallPlatform;
  onRegistered(): void;
}

export class Shard implements LeaseHolder {
  readonly #options: ShardOptions;
  readonly #connection: WorkerConnection;
  readonly #loop = new LoopWatch();
  #reports: NodeJS.Timeout | undefined;
  /** By job id. A job is either accepted (its assignment is to come), a call, or a refused caller who is told so. */
  readonly #accepted = new Map<string, { readonly offeredMs: number; readonly expiry: NodeJS.Timeout }>();
  readonly #calls = new Map<string, RunningCall>();
  readonly #courtesies = new Map<string, RunningCourtesy>();
  #full = false;
  #signedOff: Promise<boolean> | undefined;
  #state: 'made' | 'serving' | 'draining' | 'leaving' | 'closed' = 'made';

  constructor(options: ShardOptions) {
    this.#options = options;
    const { pool, server, platform } = options;
    const duties = {
      onOffer: (job: Job) => this.#offered(job),
      onAssignment: (assignment: JobAssignment) => this.#assigned(assignment),
      onTermination: (jobId: string) => this.#calls.get(jobId)?.ends.terminated(),
      onRegistered: (workerId: string) => {
        platform.log.info({ workerId, pool }, 'registered');
        this.#report();
        options.onRegistered();
      },
    };
    this.#connection = new WorkerConnection({ server, pool, duties, log: platform.log });
  }

  /** The platform hears of this worker before LiveKit does: by then its pool counts as served. */
  async open(): Promise<void> {
    this.#state = 'serving';
    this.#reports = setInterval(() => {
      this.#loop.endPeriod();
      this.#report();
    }, reportEveryMs);
    await this.#options.platform.leases.open(this);
    this.#connection.open();
  }

  status(): WorkerStatus {
    const { pool, version, mostSessions } = this.#options;
    const calls = this.#jobs;
    const draining = this.#state !== 'serving';
    return { pool, version, capacity: mostSessions, calls, load: this.#load().load, draining };
  }

  end(session: SessionId, reason: ReasonCode): void {
    void this.#callOf(session)?.ends.endWhenSaid(reason);
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
    this.#options.platform.leases.tell();
    const timer = setTimeout(() => {
      for (const call of this.#calls.values()) void call.ends.endWhenSaid('drained');
    }, drainMs);
    while (this.#jobs > 0) await this.#anyChange();
    clearTimeout(timer);
  }

  /** Goes at once: what was said so far is noted, then the watcher finds other shards for the calls, in the same rooms. */
  async leave(): Promise<void> {
    const { platform } = this.#options;
    this.#state = 'leaving';
    this.#report();
    await platform.notes.flush(notesDeadlineMs);
    await this.#signOff();
    const calls = [...this.#calls.values()];
    for (const call of calls) call.ends.abandon('this shard was told to go at once');
    const courtesies = [...this.#courtesies.values()];
    for (const courtesy of courtesies) courtesy.end();
    const left = Promise.all([...calls, ...courtesies].map(({ finished }) => finished));
    await withDeadline('leaving the rooms', roomsDeadlineMs, left).catch((thrown: unknown) =>
      platform.log.warn({ err: coerceError(thrown) }, 'not all rooms were left'),
    );
  }

  /** @returns whether the platform heard that this worker is gone */
  async close(): Promise<boolean> {
    this.#state = 'closed';
    clearInterval(this.#reports);
    this.#loop.close();
    this.#connection.close();
    return this.#signOff();
  }

  /** Frees whatever this worker has still, and its name. Said once. */
  #signOff(): Promise<boolean> {
    this.#signedOff ??= signOff(this.#options.platform);
    return this.#signedOff;
  }

  #offered(job: Job): boolean {
    const { mostSessions, platform } = this.#options;
    const room = this.#jobs < mostSessions;
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
    const refused = identifyRefused(assignment.job);
    if (refused !== undefined) {
      this.#keepCourtesy(jobId, startCourtesy(assignment, refused, platform));
      return;
    }
    const placed = identify(assignment.job);
    // Placed twice, because we were slow to come or out of the database's sight: SQL would give this shard the call twice.
    if (placed.outcome === 'identified' && this.#isHere(placed.identity.session)) {
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
      if (this.#callOf(call.identity.session) === undefined) platform.leases.dropped(call.identity.session);
      const failed = outcome.kind === 'ended' && outcome.reason === 'agent_failed';
      this.#connection.jobEnded(jobId, failed ? outcome.reason : null);
      this.#report();
    });
  }

  /** Neither a session nor a lease: only its place in this shard. */
  #keepCourtesy(jobId: string, courtesy: RunningCourtesy): void {
    this.#courtesies.set(jobId, courtesy);
    void courtesy.finished.then(() => {
      this.#courtesies.delete(jobId);
      this.#connection.jobEnded(jobId, null);
      this.#report();
    });
  }

  /** Callers who are here or about to be. */
  get #jobs(): number {
    return this.#calls.size + this.#courtesies.size + this.#accepted.size;
  }

  #callOf(session: SessionId): RunningCall | undefined {
    return [...this.#calls.values()].find((call) => call.identity.session === session);
  }

  /** One that is on its way to another shard may come back here. */
  #isHere(session: SessionId): boolean {
    const calls = [...this.#calls.values()].filter((call) => call.identity.session === session);
    return calls.some(({ ends }) => ends.reached === undefined || ends.reached.kind === 'ended');
  }

  #readings(): LoadReadings {
    const { mostSessions } = this.#options;
    return { sessions: this.#jobs, mostSessions, ...this.#loop.readings };
  }

  #load(): WorkerLoad {
    const load = loadOf(this.#readings());
    return this.#state === 'serving' ? load : { ...load, load: 1, full: true };
  }

  #report(): void {
    const { platform } = this.#options;
    const readings = this.#readings();
    const load = loadOf(readings);
    if (load.full !== this.#full)
      platform.log.info({ ...readings }, load.full ? 'shard is full' : 'shard has room again');
    this.#full = load.full;
    this.#connection.report(this.#load());
  }

  /** Resolves when a call ends, or soon: an accepted job may become a call in between. */
  async #anyChange(): Promise<void> {
    const soon = new Promise((resolve) => setTimeout(resolve, 250));
    await Promise.race([
      soon,
      ...[...this.#calls.values(), ...this.#courtesies.values()].map(({ finished }) => finished),
    ]);
  }
}
