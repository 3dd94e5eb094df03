/** What LiveKit, the database and the shards each say of the calls that run. */
import { RoomServiceClient } from 'livekit-server-sdk';
import type { World } from '../faults/world.ts';

export interface Comparison {
  readonly rooms: number;
  readonly rows: number;
  /** Calls that the shards count, as they last told the database. */
  readonly held: number;
  /** Rooms of ours for which there is no row, and rows for which there is no room. */
  readonly outOfStep: readonly string[];
}

export async function compareBooks(world: World): Promise<Comparison> {
  const { httpUrl, apiKey, apiSecret } = world.stack.livekit;
  const [all, slots, workers] = await Promise.all([
    new RoomServiceClient(httpUrl, apiKey, apiSecret).listRooms(),
    world.slots(),
    world.workers(),
  ]);
  const rooms = all.map(({ name }) => name).filter((name) => name.startsWith('call_'));
  const rows = slots.map(({ room }) => room);
  return {
    rooms: rooms.length,
    rows: rows.length,
    held: workers.reduce((sum, { calls }) => sum + calls, 0),
    outOfStep: [
      ...rooms.filter((room) => !rows.includes(room)).map((room) => `room without a row: ${room}`),
      ...rows.filter((room) => !rooms.includes(room)).map((room) => `row without a room: ${room}`),
    ],
  };
}

/** Out of step now, and still so a while later: what is between two steps of a call is not. */
export async function lastingDifferences(world: World, graceMs: number): Promise<readonly string[]> {
  const before = await compareBooks(world);
  if (before.outOfStep.length === 0) return [];
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  const after = await compareBooks(world);
  return after.outOfStep.filter((difference) => before.outOfStep.includes(difference));
}
