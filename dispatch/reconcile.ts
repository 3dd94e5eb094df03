/**
 * Compares LiveKit's rooms with the calls of the database each 5 s: for webhooks that were lost, for replicas that died, for a
 * LiveKit that was restarted. Only rooms of our prefix are looked at; a call that an agent holds is left to it.
 *
 * Safe in any number of replicas: to carry a call is decided by `admit_call`, to end one by `refuse_call` and `finish_call`,
 * and to delete a room twice is to delete it once.
 */
import { type LiveCall, liveCallSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { RoomName } from '../shared/ids.ts';
import { roomMetadataSchema } from '../shared/jobs.ts';
import { callLog } from '../shared/log.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import { decisionsOn, roomOnRecord } from './decisions.ts';
import type { DeskOptions } from './desk.ts';
import { judge, longestPendingMs, type RoomVerdict } from './judge.ts';
import type { RoomSeen } from './livekit.ts';
import type { Caller } from './room-state.ts';
import { finish, takeBack } from './settle.ts';
import { Sightings } from './sightings.ts';

export interface ReconcilerParts extends DeskOptions {
  /** Starts to carry a caller of whom no webhook told, unless that has begun; returns at once. */
  onFound(room: RoomName, caller: Caller): void;
}

const intervalMs = 5_000;
/** While there is something that must stay true for a moment before it is acted on. */
const secondLookMs = 1_500;
/** A row whose room is gone: its worker has its own record of the call, and is asked to bring it first. */
const roomlessMs = { unheld: 5_000, held: 15_000 } as const;
/** Rooms looked into at once. */
const maxLooks = 8;

export function startReconciler(parts: ReconcilerParts): Repeating {
  const reconciler = new Reconciler(parts);
  return startRepeating(
    () => (reconciler.isSuspicious ? secondLookMs : intervalMs),
    () => reconciler.round(),
  );
}

class Reconciler {
  readonly #parts: ReconcilerParts;
  readonly #sightings: Sightings;
  /** Legs that are left alone, each told once. */
  #strangers = new Set<RoomName>();
  isSuspicious = false;

  constructor(parts: ReconcilerParts) {
    this.#parts = parts;
    this.#sightings = new Sightings(parts.clock);
  }

  async round(): Promise<void> {
    const { log, livekit, database, roomPrefix } = this.#parts;
    this.isSuspicious = false;
    try {
      // Rooms first: a call that is admitted in between has a row without a room, which is looked at twice.
      const rooms = await livekit.roomsNamed(`${roomPrefix}_`);
      const rows = await database.rows('live_calls', {}, liveCallSchema);
      await this.#compareRooms(rooms, new Map(rows.map((row) => [row.room, row])));
      const present = new Set(rooms.map(({ room }) => roomOnRecord(room)));
      const roomless = rows.filter(({ room }) => !present.has(room));
      await inTurns(roomless, (row) => this.#settleRoomless(row));
      this.#sightings.endRound();
    } catch (thrown) {
      this.#sightings.forget();
      this.isSuspicious = false;
      // Who is away is said once, by the health log.
      if (!(thrown instanceof DatabaseAway)) log.warn({ err: coerceError(thrown) }, 'rooms could not be compared');
    }
  }

  async #compareRooms(rooms: readonly RoomSeen[], rows: ReadonlyMap<string, LiveCall>): Promise<void> {
    const doubtful = rooms.filter(({ room }) => {
      const row = rows.get(roomOnRecord(room));
      return row === undefined || (row.state === 'pending' && row.ageMs > longestPendingMs);
    });
    const names = doubtful.map(({ room }) => room);
    const decisions = await decisionsOn(names, this.#parts.database);
    this.#strangers = new Set(names.filter((room) => this.#strangers.has(room)));
    await inTurns(doubtful, async ({ room, metadata }) => {
      const [row, decision] = [rows.get(roomOnRecord(room)), decisions.get(roomOnRecord(room))];
      const occupants = await this.#parts.livekit.occupants(room);
      const verdict = judge({ row, decision, occupants, offline: isOffline(metadata) }, this.#parts.ownsPrefix);
      await this.#actOn(room, verdict);
    });
  }

  async #actOn(room: RoomName, verdict: RoomVerdict): Promise<void> {
    const log = callLog(this.#parts.log, { room });
    if (verdict.kind === 'fine') return;
    if (verdict.kind === 'stranger') {
      if (!this.#strangers.has(room)) log.warn('an answered call that nobody knows is left alone');
      this.#strangers.add(room);
      return;
    }
    if (!this.#isDue(`${verdict.kind} ${room}`, verdict.forMs)) return;
    await this.#parts.at('room_judged');
    switch (verdict.kind) {
      case 'undecided':
        log.warn('a caller was found of whom no webhook told');
        this.#parts.onFound(room, verdict.caller);
        return;
      case 'overdue': {
        const reason = 'no_worker';
        const refused = await takeBack(this.#parts.database, verdict.row.sessionId, reason);
        if (!refused) return;
        log.warn({ reason, session: verdict.row.sessionId }, 'a call that rang for too long is refused');
        break;
      }
      case 'leftover':
        log.warn({ why: verdict.why }, 'a room that nobody needs is closed');
        break;
    }
    await this.#parts.livekit.deleteRoom(room);
    await this.#parts.at('room_ended');
  }

  async #settleRoomless(row: LiveCall): Promise<void> {
    const { sessionId: session, sipCallId: call, room, tenant, numberId: number, state, worker } = row;
    if (!this.#isDue(`roomless ${session}`, worker === null ? roomlessMs.unheld : roomlessMs.held)) return;
    // A Redis that came back without its memory says of every room that it is gone, in the middle of its call.
    if (worker !== null && (await this.#parts.livekit.isCarried(room))) return;
    await this.#parts.at('room_judged');
    const reason = state === 'pending' ? 'caller_gave_up' : 'room_closed';
    if (!(await finish(this.#parts.database, session, reason))) return;
    await this.#parts.at('room_ended');
    const log = callLog(this.#parts.log, { call, room, session, tenant, number });
    log.warn({ reason, worker }, 'a call whose room is gone is settled');
  }

  #isDue(what: string, forMs: number): boolean {
    const due = this.#sightings.see(what) >= forMs;
    if (!due) this.isSuspicious = true;
    return due;
  }
}

function isOffline(metadata: string): boolean {
  if (metadata === '') return false;
  try {
    const read = roomMetadataSchema.safeParse(JSON.parse(metadata));
    return read.success && read.data.offline !== undefined;
  } catch (thrown) {
    // Written by somebody else.
    if (thrown instanceof SyntaxError) return false;
    throw thrown;
  }
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const one = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: maxLooks }, one));
}
