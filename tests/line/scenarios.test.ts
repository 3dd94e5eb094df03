import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRtpSocket } from '../../dev/line/rtp.ts';
import { scenarioOf, sipp } from '../support/sipp.ts';
import { answer } from './agent.ts';
import { targetName } from './target.ts';
import { startWorld, type World } from './world.ts';

const callerKind = 3;

describe(`an ordinary trunk of ${targetName}`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(async () => {
    await world.close();
  });

  const run = (scenario: string, called: string, source?: string): Promise<void> =>
    sipp({
      scenario: scenarioOf('line', scenario),
      called,
      sipPort: world.target.sipPort,
      ...(source === undefined ? {} : { source }),
    });

  test('a caller is answered as soon as an agent publishes audio, and both numbers are in the room (R1.1, R1.2)', async () => {
    const calling = run('uac-agent-publishes-expect-200', '+390698765432');
    const caller = await world.caller('+390698765432');
    const agent = await answer(world.livekit, caller.room);
    await calling;
    expect(caller.room).toMatch(/^call_\+390698765432_[0-9A-Za-z]{12}$/);
    expect(caller).toMatchObject({ identity: 'sip_+39061234567', name: 'Phone +39061234567', kind: callerKind });
    expect(caller.attributes).toMatchObject({
      'sip.trunkPhoneNumber': '+390698765432',
      'sip.phoneNumber': '+39061234567',
      'sip.hostname': '127.0.0.1',
      'sip.callStatus': 'ringing',
      'sip.callID': expect.stringMatching(/^SCL_[0-9A-Za-z]{12}$/),
      'sip.callIDFull': expect.stringContaining('@127.0.0.1'),
      'sip.callTag': expect.stringContaining('SIPpTag'),
      'sip.trunkID': expect.stringMatching(/^ST_/),
      'sip.ruleID': expect.stringMatching(/^SDR_/),
      'sip.h.x-test': 'seen',
    });
    const left = await world.event('participant_left', caller.room, caller.identity);
    expect(left.participant?.attributes['sip.callStatus']).toBe('hangup');
    await agent.leave();
  });

  test('a caller hears busy when the room is deleted while it rings (R3.4)', async () => {
    const calling = run('uac-room-deleted-expect-486', '3001');
    const { room, identity } = await world.caller('3001');
    await world.event('track_published', room, identity);
    await world.rooms.deleteRoom(room);
    await calling;
  });

  test('a caller hears busy when it is removed from the room while it rings (R3.4)', async () => {
    const calling = run('uac-participant-removed-expect-486', '3002');
    const { room, identity } = await world.caller('3002');
    await world.event('track_published', room, identity);
    await world.rooms.removeParticipant(room, identity);
    await calling;
  });

  test('a caller who gives up while it rings leaves the room (R3.2)', async () => {
    await run('uac-cancel-expect-487', '3003');
    const { room, identity } = await world.caller('3003');
    const left = await world.event('participant_left', room, identity);
    expect(left.participant?.attributes['sip.callStatus']).toBe('hangup');
  });

  test.each([
    ['an offer without a codec we speak is refused', 'uac-no-common-codec-expect-400'],
    ['an INVITE without a description of its media is refused', 'uac-no-sdp-expect-400'],
    ['an INVITE to no address at all is refused', 'uac-malformed-to-expect-400'],
    ['a question outside any call is answered', 'uac-options-expect-200'],
    ['a registration is not taken', 'uac-register-expect-405'],
    ['a BYE for a call that does not exist is told so', 'uac-bye-unknown-dialog-expect-481'],
  ])('%s, and no room is opened (R1.2)', async (_title, scenario) => {
    await run(scenario, '3004');
    expect(world.callers('3004')).toEqual([]);
  });

  test('an INVITE that comes three times is one call in one room (R1.2)', async () => {
    await run('uac-retransmits-invite-expect-one-room', '3005');
    const { room, identity } = await world.caller('3005');
    await world.event('participant_left', room, identity);
    expect(world.callers('3005')).toHaveLength(1);
  });

  test('an INVITE that comes by two ways is two calls in two rooms (R1.2)', async () => {
    await run('uac-forked-invite-expect-two-rooms', '3006');
    const rooms = new Set(world.callers('3006').map(({ room }) => room));
    expect(rooms.size).toBe(2);
  });

  test('an address that the trunk does not list hears nothing at all (R7.2)', async ({ skip }) => {
    skip(
      world.target.kind === 'livekit-sip',
      'LiveKit SIP says 100 and one 180: there the packet filter makes the silence',
    );
    await run('uac-unlisted-source-expect-nothing', '3007', '127.0.0.9');
    expect(world.callers('3007')).toEqual([]);
  });

  test('an exchange that moves the sound in mid-call gets it at the new port (R1.2)', async () => {
    await using moved = await listenForRtp();
    const keys = { moved: String(moved.port) };
    const calling = sipp({
      scenario: scenarioOf('line', 'uac-reinvite-expect-200'),
      called: '3008',
      sipPort: world.target.sipPort,
      keys,
    });
    const { room } = await world.caller('3008');
    const agent = await answer(world.livekit, room);
    await calling;
    expect(moved.packets).toBeGreaterThan(0);
    await agent.leave();
  });

  test('a caller is hung up on when the room goes in mid-call (R1.2)', async () => {
    const calling = run('uac-room-deleted-in-call-expect-bye', '3009');
    const { room } = await world.caller('3009');
    const agent = await answer(world.livekit, room);
    await expect.poll(() => agent.statuses, { timeout: 5_000 }).toContain('active');
    await world.rooms.deleteRoom(room);
    await calling;
    await agent.leave();
  });

  test('a caller who neither acknowledges nor sends sound is let go (R3.5)', async () => {
    const calling = run('uac-never-acks-expect-bye', '3010');
    const { room, identity } = await world.caller('3010');
    const agent = await answer(world.livekit, room);
    await calling;
    await world.event('participant_left', room, identity);
    await agent.leave();
  });
});

describe(`a trunk of ${targetName} with a short ringing timeout`, () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ ringingTimeout: '2s' });
  });
  afterAll(async () => {
    await world.close();
  });

  test('a caller hears busy when nobody answers in time (R3.4)', async () => {
    await sipp({
      scenario: scenarioOf('line', 'uac-nobody-answers-expect-486'),
      called: '3101',
      sipPort: world.target.sipPort,
    });
    const { room, identity } = await world.caller('3101');
    await world.event('participant_left', room, identity);
  });
});

async function listenForRtp() {
  const socket = await openRtpSocket('127.0.0.1', { first: 19_100, last: 19_900 });
  if (socket === undefined) throw new Error('no port is free for the moved sound');
  const listening = { port: socket.port, packets: 0, [Symbol.asyncDispose]: () => socket.close() };
  socket.onPacket(() => {
    listening.packets += 1;
  });
  return listening;
}
