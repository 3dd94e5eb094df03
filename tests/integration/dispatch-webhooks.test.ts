import { createHash } from 'node:crypto';
import { AccessToken } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Posted } from '../../dev/stack/webhook-relay.ts';
import { World } from './dispatch-world.ts';

let world: World;
let url: string;
beforeAll(async () => {
  world = await World.start();
  url = (await world.startReplica()).url;
});
afterAll(() => world.close());
afterEach(() => {
  world.relay.route = undefined;
});

const secretMarker = 'turn-password-of-this-room';
const body = JSON.stringify({
  event: 'participant_joined',
  id: 'EV_forged',
  room: { name: 'call_2001_forged', turnPassword: secretMarker },
  participant: {
    sid: 'PA_forged',
    identity: 'sip_1',
    kind: 'SIP',
    attributes: { 'sip.callIDFull': 'forged', 'sip.trunkPhoneNumber': '2001' },
  },
});

/** What LiveKit puts into the Authorization header: a token of its key that names the hash of the body. */
async function sign(text: string, secret = world.livekit.apiSecret): Promise<string> {
  const token = new AccessToken(world.livekit.apiKey, secret);
  token.sha256 = createHash('sha256').update(text).digest('base64');
  return token.toJwt();
}

describe('a webhook that LiveKit did not send', () => {
  test.each([
    { what: 'no signature', signature: async () => '' },
    { what: 'the signature of another key', signature: () => sign(body, 'x'.repeat(32)) },
    { what: 'the signature of another body', signature: () => sign(`${body} `) },
  ])('with $what is turned away, counted, and its body is not logged (R7.3)', async ({ signature }) => {
    const before = (await counts()).rejected;
    expect(await world.relay.pass({ body, signature: await signature() })).toEqual([401]);
    expect((await counts()).rejected).toBe(before + 1);
    expect(await world.rows('sessions', { sip_call_id: 'eq.forged' })).toEqual([]);
    expect(JSON.stringify(world.log)).not.toContain(secretMarker);
  });

  test('and is larger than any event is turned away unread (R7.3)', async () => {
    const large = JSON.stringify({ event: 'room_started', padding: 'x'.repeat(300_000) });
    expect(await world.relay.pass({ body: large, signature: await sign(large) })).toEqual([413]);
  });

  async function counts(): Promise<{ rejected: number }> {
    const health = (await (await fetch(`${url}/healthz`)).json()) as { webhooks: { rejected: number } };
    return health.webhooks;
  }
});

describe('webhooks that come twice, late or out of order', () => {
  test('each event twice: the call is admitted once and one agent is asked for (R3.2)', async () => {
    world.relay.route = async (posted) => {
      await world.relay.pass(posted);
      await world.relay.pass(posted);
    };
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    expect(await world.jobs(caller.room)).toHaveLength(1);
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toHaveLength(1);
    await caller.leave();
  });

  test('the same event under a new id: one agent is asked for (R3.2)', async () => {
    world.relay.route = async (posted) => {
      await world.relay.pass(posted);
      const again = JSON.stringify({ ...JSON.parse(posted.body), id: `${posted.event.id}_again` });
      await world.relay.pass({ body: again, signature: await sign(again) });
    };
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    expect(await world.jobs(caller.room)).toHaveLength(1);
    await caller.leave();
  });

  test("the caller's track before the caller: an unknown number hears busy all the same (R1.5)", async () => {
    const held = holdBack('participant_joined');
    const caller = await world.call({ called: '2999' });
    await world.posted('track_published', caller.room);
    await held.release();
    expect(await caller.putOut()).toBe('ROOM_DELETED');
  });

  test('the caller left before the webhook of the arrival came: nothing is admitted and no agent is asked for (R3.2)', async () => {
    const held = holdBack('participant_joined');
    const caller = await world.call({ called: '2001' });
    await world.posted('participant_joined', caller.room);
    await caller.leave();
    await world.posted('participant_left', caller.room);
    await held.release();
    const witness = await world.call({ called: '2999' });
    await witness.putOut();
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toEqual([]);
  });

  test('the arrival comes after the room is finished: nothing is admitted (R3.2)', async () => {
    const held = holdBack('participant_joined');
    const caller = await world.call({ called: '2001' });
    await world.rooms.deleteRoom(caller.room);
    await world.posted('room_finished', caller.room);
    await held.release();
    const witness = await world.call({ called: '2999' });
    await witness.putOut();
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toEqual([]);
    expect(await world.rooms.listRooms([caller.room])).toEqual([]);
  });

  test('events about rooms that nobody knows change nothing (R1.1)', async () => {
    for (const event of ['track_published', 'participant_left', 'room_finished', 'nonsense']) {
      const text = JSON.stringify({
        event,
        id: `EV_${event}`,
        room: { name: 'call_2001_nobody' },
        participant: { sid: 'PA_nobody', identity: 'sip_nobody' },
      });
      expect(await world.relay.pass({ body: text, signature: await sign(text) })).toEqual([200]);
    }
    const caller = await world.call({ called: '2999' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
  });

  /** Keeps one kind of event back, in the order of its coming, until it is released. */
  function holdBack(name: string): { release(): Promise<void> } {
    const held: Posted[] = [];
    world.relay.route = async (posted) => {
      if (posted.event.event === name) held.push(posted);
      else await world.relay.pass(posted);
    };
    return {
      async release() {
        world.relay.route = undefined;
        for (const posted of held) await world.relay.pass(posted);
      },
    };
  }
});
