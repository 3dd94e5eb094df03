/** What the watch of dispatch does for a call whose worker is gone, by hand and when a test says so. */
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { callReleasedSchema, lostCallSchema, notedSchema, takenSchema } from '../../shared/contracts.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import type { CallJob } from '../../shared/jobs.ts';
import type { AgentWorld, PlacedCall } from './agent-world.ts';

const foundDeadlineMs = 20_000;
const anyRow = z.looseObject({});

type Place = Pick<PlacedCall, 'session' | 'room'>;

export interface Turn {
  readonly role: 'caller' | 'agent';
  readonly text: string;
}

export class Watch {
  readonly #world: AgentWorld;
  readonly #dispatch: Database;
  readonly #agent: Database;
  readonly #rooms: RoomServiceClient;
  readonly #jobs: AgentDispatchClient;

  constructor(world: AgentWorld) {
    const { supabase, livekit } = world;
    const { url, anonKey } = supabase;
    this.#world = world;
    this.#dispatch = openDatabase({ url, anonKey, token: supabase.dispatchToken, deadlineMs: 10_000 });
    this.#agent = openDatabase({ url, anonKey, token: supabase.agentToken, deadlineMs: 10_000 });
    this.#rooms = new RoomServiceClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
    this.#jobs = new AgentDispatchClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
  }

  /** Waits until the call is lost, sends its agents out and places it again. */
  async placeAgain(call: Place): Promise<void> {
    const claim = () => this.#dispatch.rows('claim_lost_calls', { p_limit: 10 }, lostCallSchema);
    const lost = await waitFor(async () => (await claim()).find(({ sessionId }) => sessionId === call.session), {
      what: 'the call to be nobody’s',
      deadlineMs: foundDeadlineMs,
      intervalMs: 200,
    });
    await this.sendAgentsOut(call);
    const job = {
      v: 1,
      kind: 'call',
      tenant: lost.tenant,
      session_id: lost.sessionId,
      number_id: lost.numberId,
      called_number: call.room.split('_')[1] ?? '',
    } satisfies CallJob;
    await this.#jobs.createDispatch(call.room, 'switchboard', { metadata: JSON.stringify(job) });
  }

  async sendAgentsOut({ room }: Place): Promise<void> {
    const present = await this.#rooms.listParticipants(room);
    const agents = present.filter(({ identity }) => identity.startsWith('agent-'));
    await Promise.all(agents.map(({ identity }) => this.#rooms.removeParticipant(room, identity)));
  }

  /** A worker of the test's own holds the call, and what was said there is noted; then it is gone. */
  async loseAfter({ session }: Place, talk: { answered: boolean; turns?: readonly Turn[] }): Promise<void> {
    const held = { p_session_id: session, p_worker: 'gone' };
    await this.#agent.row('take_call', held, takenSchema);
    if (talk.answered) await this.#agent.row('answer_call', held, anyRow);
    const turns = (talk.turns ?? []).map((turn, at) => ({ ...turn, position: at + 1, at_ms: (at + 1) * 1_000 }));
    await this.#agent.rows(
      'note_calls',
      { p_worker: 'gone', p_notes: [{ session_id: session, turns, usage: [] }] },
      notedSchema,
    );
    await this.#agent.row('release_call', held, callReleasedSchema);
  }

  /** As the database has it while the call runs. */
  async untilNoted({ session }: Place, turns: number): Promise<void> {
    const noted = async () => (await this.#world.transcript(session)).length >= turns;
    await waitFor(noted, { what: `${turns} turns to be noted`, deadlineMs: foundDeadlineMs, intervalMs: 200 });
  }
}
