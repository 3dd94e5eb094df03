/** A worker of a pool that takes jobs, joins their rooms and never says a word: what an overloaded or broken agent looks like. */

import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { WorkerConnection } from '../../agent/worker-protocol.ts';
import { poolNameSchema } from '../../shared/ids.ts';
import { createLog } from '../../shared/log.ts';
import { forgetWhenDisconnected, Room, RoomEvent } from '../line/rtc.ts';
import type { LivekitServer } from '../stack/livekit-server.ts';
import { waitFor } from '../stack/wait.ts';
import { cafe } from './businesses.ts';

const registeredDeadlineMs = 10_000;

export class Decoy implements AsyncDisposable {
  readonly #connection: WorkerConnection;
  readonly #server: LivekitServer;
  readonly #rooms = new Map<string, Room>();
  /** When it joined its last room, on the monotonic clock. */
  joinedMs: number | undefined;
  /** Rooms that it was put out of. */
  readonly removedFrom: string[] = [];
  #isWilling = true;

  static async open(server: LivekitServer, pool: string): Promise<Decoy> {
    const decoy = new Decoy(server, pool);
    decoy.#connection.open();
    await waitFor(() => decoy.#connection.state.kind === 'registered', {
      what: 'the decoy to register',
      deadlineMs: registeredDeadlineMs,
    });
    return decoy;
  }

  private constructor(server: LivekitServer, pool: string) {
    this.#server = server;
    this.#connection = new WorkerConnection({
      server,
      pool: poolNameSchema.parse(pool),
      log: createLog({ service: 'decoy', level: 'error', showPii: false }),
      duties: {
        onOffer: () => this.#isWilling,
        onAssignment: ({ job, token }) => void this.#join(job?.room?.name ?? '', token),
        onTermination: () => undefined,
        onRegistered: () => this.#connection.report({ load: 0, full: false, jobs: 0 }),
      },
    });
  }

  /** Takes no more jobs; stays where it is. */
  retire(): void {
    this.#isWilling = false;
    this.#connection.close();
  }

  async #join(name: string, token: string): Promise<void> {
    const room = new Room();
    forgetWhenDisconnected(room);
    room.once(RoomEvent.Disconnected, () => this.removedFrom.push(name));
    await room.connect(this.#server.url, token, { autoSubscribe: false, dynacast: false });
    this.#rooms.set(name, room);
    this.joinedMs = performance.now();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close();
    await Promise.all([...this.#rooms.values()].map((room) => room.disconnect()));
  }
}

/** A room in which an agent of that pool waits and into which nobody comes. @returns its name */
export async function openRoomWithoutCaller(
  { httpUrl, apiKey, apiSecret }: LivekitServer,
  pool: string,
): Promise<string> {
  const room = `call_${cafe.called}_nobody${Date.now().toString(36)}`;
  await new RoomServiceClient(httpUrl, apiKey, apiSecret).createRoom({ name: room, emptyTimeout: 300 });
  await new AgentDispatchClient(httpUrl, apiKey, apiSecret).createDispatch(room, pool, { metadata: '{}' });
  return room;
}
