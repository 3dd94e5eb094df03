import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeCall } from '../../dev/phone/phone.ts';
import { answer } from './agent.ts';
import { startWorld, type World } from './world.ts';

describe('what a call leaves behind', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  test.each([
    ['the caller hangs up', '4401', 'caller'],
    ['the room is deleted', '4402', 'called'],
  ])('nothing listens any more after %s (R3.2)', async (_how, called, endedBy) => {
    const hangUpAfterMs = endedBy === 'caller' ? 500 : 20_000;
    const calling = placeCall({ target: world.sip, called, caller: '4400', hangUpAfterMs });
    const { room, identity } = await world.caller(called);
    const agent = await answer(world.livekit, room);
    await expect.poll(() => agent.statuses, { timeout: 5_000 }).toContain('active');
    if (endedBy === 'called') await world.rooms.deleteRoom(room);
    expect(await calling).toMatchObject({ endedBy });
    await world.event('participant_left', room, identity);
    await agent.leave();
    await expect.poll(nativeListeners, { timeout: 5_000 }).toBe(0);
  });
});

/** Each one left behind would look at every audio frame of every later call. */
function nativeListeners(): number {
  return globalThis._ffiClientInstance?.listenerCount('ffi_event') ?? 0;
}
