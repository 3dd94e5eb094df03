/** Workers of a pool without any intelligence: they take jobs over LiveKit's own protocol and do with them what a test wants. */
import type { JobAssignment } from '@livekit/protocol';
import { z } from 'zod';
import { WorkerConnection } from '../../agent/worker-protocol.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { poolNameSchema } from '../../shared/ids.ts';
import { createLog } from '../../shared/log.ts';
import { Participant } from './dispatch-participants.ts';
import type { World } from './dispatch-world.ts';

/**
 * `answers`: takes the call, is heard, and says so. `mute`: takes the call and joins, and that is all that comes. `stray`: is
 * heard without having taken the call. `decliner`: wants no job.
 */
export type Habit = 'answers' | 'mute' | 'stray' | 'decliner';

const deadlineMs = 15_000;
let made = 0;

export class PoolWorker implements AsyncDisposable {
  readonly name = `worker-${made++}`;
  /** Who joined for this worker, by room. */
  readonly agents = new Map<string, Participant>();
  /** Session ids of the jobs that it was given. */
  readonly sessions: string[] = [];
  habit: Habit;
  readonly #world: World;
  readonly #database: Database;
  readonly #connection: WorkerConnection;

  private constructor(world: World, habit: Habit) {
    this.#world = world;
    this.habit = habit;
    const { url, anonKey, agentToken } = world.supabase;
    this.#database = openDatabase({ url, anonKey, token: agentToken, deadlineMs: 5000 });
    this.#connection = new WorkerConnection({
      server: world.livekit,
      pool: poolNameSchema.parse('switchboard'),
      log: createLog({ service: 'worker', level: 'error', showPii: false }),
      duties: {
        onOffer: () => this.habit !== 'decliner',
        onAssignment: (assignment) => void this.#serve(assignment),
        onTermination: () => undefined,
        onRegistered: () => undefined,
      },
    });
  }

  static async open(world: World, habit: Habit): Promise<PoolWorker> {
    const worker = new PoolWorker(world, habit);
    worker.#connection.open();
    const registered = () => worker.#connection.state.kind === 'registered';
    await waitFor(registered, { what: `the registration of ${worker.name}`, deadlineMs });
    return worker;
  }

  /** The agent of this worker in a room, once it is there. */
  async agentIn(room: string): Promise<Participant> {
    return waitFor(() => this.agents.get(room), { what: `an agent of ${this.name} in ${room}`, deadlineMs });
  }

  /** Gives every call away, as the supervisor of a shard does whose process is gone. */
  async release(): Promise<void> {
    await this.#ask('release_worker', { p_worker: this.name });
  }

  async #serve({ job, token }: JobAssignment): Promise<void> {
    const room = job?.room?.name ?? '';
    const { session_id: session } = z.object({ session_id: z.uuid() }).parse(JSON.parse(job?.metadata ?? ''));
    this.sessions.push(session);
    const { habit } = this;
    const holder = { p_session_id: session, p_worker: this.name };
    const agent = new Participant(this.#world.livekit, room, { toJwt: async () => token });
    await Promise.all([agent.join(), habit === 'stray' ? undefined : this.#ask('take_call', holder)]);
    if (habit !== 'mute') await agent.publish();
    if (habit === 'answers') await this.#ask('answer_call', holder);
    this.agents.set(room, agent);
  }

  async #ask(name: string, args: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#database.rows(name, args, z.unknown());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await Promise.all([...this.agents.values()].map((agent) => agent.leave()));
  }
}
