/**
 * Loaded into the pool before its own code: a library whose connections to rooms are all made anew, as after a failure of the
 * network, once for each time that the file named in `?once=` is written.
 */
import { existsSync, rmSync } from 'node:fs';
import { Room, RoomEvent, SimulateScenarioKind } from '@livekit/rtc-node';

const order = new URL(import.meta.url).searchParams.get('once') ?? '';
const lookEveryMs = 100;
const connected = new Set<Room>();
let looks = false;
const { connect } = Room.prototype;

Room.prototype.connect = async function connectAndKeep(...args) {
  await connect.apply(this, args);
  connected.add(this);
  this.once(RoomEvent.Disconnected, () => connected.delete(this));
  // Not in the supervisor, which has this library too and no room.
  if (!looks) setInterval(look, lookEveryMs).unref();
  looks = true;
};

function look(): void {
  if (!existsSync(order)) return;
  rmSync(order);
  for (const room of connected) void room.simulateScenario(SimulateScenarioKind.SIMULATE_FULL_RECONNECT);
}
