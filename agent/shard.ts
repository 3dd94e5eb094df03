/**
 * One LiveKit worker that holds many calls.
 *
 * States: `made` → `serving` → `draining` (takes no offer, its calls go on) → `leaving` (its calls go on elsewhere) → `closed`.
 * It registers as a worker of its own; LiveKit spreads calls between shards by the load they report.
 */
import type { Job, JobAssignment } from '@livekit/protocol';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { PoolName, SessionId } from '../shared/ids.ts';
import { startCall } from './call.ts';
import type { ConfigNews } from './config-poller.ts';
import { type RunningCourtesy, startCourtesy } from './courtesy.ts';
import { identify, identifyRefused } from './identify.ts';
import type { WorkerStatus } from './leases.ts';
import { type LoadReadings, LoopWatch, loadOf } from './load.ts';
import type { CallPlatform } from './platform.ts';
import { runProbe } from './probing.ts';
import { ShardJobs } from './shard-jobs.ts';
import { signOff } from './sign-off.ts';
import { type ServerAccess, WorkerConnection, type WorkerLoad } from './worker-protocol.ts';

const reportEveryMs = 2_500;
/** A shard that is to go now has 3 s in all, and its name is signed off after this. */
const handOverDeadlineMs = 2_000;

export interface ShardOptions {
  readonly pool: PoolName;
  readonly version: string;
  readonly server: ServerAccess;
  readonly mostSessions: number;
  readonly platform: CallPlatform;
  onRegistered(): void;
}

export class Shard {
  readonly #options: ShardOptions;
  readonly #connection: WorkerConnection;
  readonly #loop = new LoopWatch();
  readonly #jobs = new ShardJobs();
  #reports: NodeJS.Timeout | undefined;
  #full = false;
  #signedOff: Promise<boolean> | undefined;
  #state: 'made' | 'serving' | 'draining' | 'leaving' | 'closed' = 'made';

  constructor(options: ShardOptions) {
    this.#options = options;
    const { pool, server, platform } = options;
    const duties = {
      onOffer: (job: Job) => this.#offered(job),
      onAssignment: (assignment: JobAssignment) => this.#assigned(assignment),
      onTermination: (jobId: string) => this.#jobs.call(jobId)?.ends.terminated(),
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
    await this.#options.platform.leases.open(() => this.#status());
    this.#connection.open();
  }

  /** What changed in configurations. */
  hear(news: ConfigNews): void {
    this.#options.platform.numbers.hear(news);
  }

  /** Asks providers, beside the calls. @param written a row of `take_probe` */
  probe(written: unknown): void {
    void runProbe(written, this.#options.platform);
  }

  /** Something of this call broke. */
  fail(session: SessionId, cause: Error): void {
    this.#jobs.callOf(session)?.ends.broken(cause);
  }

  /** Takes no more calls and lets the running ones end; those still there after `drainMs` are ended. */
  async drain(drainMs: number): Promise<void> {
    if (this.#state !== 'serving') return;
    this.#state = 'draining';
    this.#report();
    this.#options.platform.leases.tell();
    const timer = setTimeout(() => {
      for (const { ends } of this.#jobs.calls) void ends.endWhenSaid('drained');
    }, drainMs);
    await this.#jobs.none();
    clearTimeout(timer);
  }

  /** Goes at once: each call is handed over, with all that was said in it, and the watcher finds it another shard. */
  async leave(): Promise<void> {
    const { platform } = this.#options;
    this.#state = 'leaving';
    this.#report();
    const { calls, courtesies } = this.#jobs;
    for (const { ends } of calls) ends.handOver('this shard was told to go at once');
    for (const courtesy of courtesies) courtesy.end();
    const gone = Promise.all([...calls, ...courtesies].map(({ finished }) => finished));
    await withDeadline('handing calls over', handOverDeadlineMs, gone).catch((thrown: unknown) =>
      platform.log.warn({ err: coerceError(thrown) }, 'not all calls were handed over'),
    );
    await this.#signOff();
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
    const room = this.#jobs.count < mostSessions;
    const accepted = this.#state === 'serving' && room;
    if (!accepted) {
      platform.log.warn({ jobId: job.id, state: this.#state, calls: this.#jobs.calls.length }, 'offer turned down');
      return false;
    }
    this.#jobs.accept(job.id, platform.clock.monotonicMs());
    // At once, not at the next round: a burst would otherwise land on figures from before it.
    queueMicrotask(() => this.#report());
    return true;
  }

  #assigned(assignment: JobAssignment): void {
    const jobId = assignment.job?.id ?? '';
    const { platform } = this.#options;
    const offeredMs = this.#jobs.assigned(jobId) ?? platform.clock.monotonicMs();
    // Accepted before: by now this worker has signed off, or is about to, and nobody would look for the call.
    if (this.#state === 'leaving' || this.#state === 'closed') {
      this.#connection.jobEnded(jobId, 'this shard is going');
      return;
    }
    const refused = identifyRefused(assignment.job);
    if (refused !== undefined) {
      this.#keepCourtesy(jobId, startCourtesy(assignment, refused, platform));
      return;
    }
    const placed = identify(assignment.job);
    // Placed twice, because we were slow to come or out of the database's sight: SQL would give this shard the call twice.
    if (placed.outcome === 'identified' && this.#jobs.isHere(placed.identity.session)) {
      platform.log.warn({ jobId, session: placed.identity.session }, 'a call that runs here was placed here again');
      this.#connection.jobEnded(jobId, null);
      return;
    }
    const call = startCall(assignment, offeredMs, platform);
    if (call === undefined) {
      this.#connection.jobEnded(jobId, 'not a call of this platform');
      return;
    }
    this.#jobs.keepCall(jobId, call);
    void call.finished.then((outcome) => {
      this.#jobs.ended(jobId);
      platform.leases.dropped(call);
      const failed = outcome.kind === 'ended' && outcome.reason === 'agent_failed';
      this.#connection.jobEnded(jobId, failed ? outcome.reason : null);
      this.#report();
    });
  }

  /** Neither a session nor a lease: only its place in this shard. */
  #keepCourtesy(jobId: string, courtesy: RunningCourtesy): void {
    this.#jobs.keepCourtesy(jobId, courtesy);
    void courtesy.finished.then(() => {
      this.#jobs.ended(jobId);
      this.#connection.jobEnded(jobId, null);
      this.#report();
    });
  }

  #status(): WorkerStatus {
    const { pool, version, mostSessions } = this.#options;
    const draining = this.#state !== 'serving';
    return { pool, version, capacity: mostSessions, calls: this.#jobs.count, load: this.#load().load, draining };
  }

  #readings(): LoadReadings {
    const { mostSessions } = this.#options;
    return { sessions: this.#jobs.count, mostSessions, ...this.#loop.readings };
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
}
