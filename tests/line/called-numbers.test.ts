import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { placeCall } from '../../dev/phone/phone.ts';
import { startWorld, type World } from './world.ts';

const caller = '+39061234567';
/** LiveKit takes room names of up to 256 bytes; these do not fit behind the prefix. */
const tooLong = '9'.repeat(300);

describe('what strangers may dial', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  test.each([
    ['nothing', ''],
    ['a path', '../../x'],
    ['a piece of SQL', "'; drop table"],
    ['a scheme', 'sip:'],
    ['letters of another script', '日本語ñ'],
    ['anonymous', 'anonymous'],
  ])('a caller who dials %s rings in a room of that very name (R1.1)', async (_what, called) => {
    const result = await placeCall({ target: world.sip, called, caller, cancelAfterMs: 700 });
    expect(result.final?.status).toBe(487);
    const { room } = await world.caller(called);
    expect(room.startsWith(`call_${called}_`)).toBe(true);
  });

  test('a caller who dials more than LiveKit can name hears busy, and the next one rings (R1.1)', async () => {
    const refused = await placeCall({ target: world.sip, called: tooLong, caller });
    expect(refused.final).toEqual({ status: 486, reason: 'Rejected' });
    const next = await placeCall({ target: world.sip, called: '4201', caller, cancelAfterMs: 700 });
    expect(next.final?.status).toBe(487);
  });
});
