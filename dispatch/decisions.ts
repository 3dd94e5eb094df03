/** What any replica decided about the calls in rooms. */
import { type RoomDecision, roomDecisionsSchema } from '../shared/contracts.ts';
import type { Database } from '../shared/db.ts';
import type { RoomName } from '../shared/ids.ts';
import { printable } from './printable.ts';

/** Longest name that is kept of a room. */
const longestName = 256;

/** A room's name holds what was dialled, which is a stranger's text. */
export function roomOnRecord(room: RoomName): string {
  return printable(room, longestName);
}

/** By the name on record; a room that is missing: nothing yet. */
export async function decisionsOn(
  rooms: readonly RoomName[],
  database: Database,
): Promise<ReadonlyMap<string, RoomDecision>> {
  if (rooms.length === 0) return new Map();
  const asked = { p_rooms: rooms.map(roomOnRecord) };
  const decisions = await database.rows('room_decisions', asked, roomDecisionsSchema);
  return new Map(decisions.map((decision) => [decision.room, decision]));
}
