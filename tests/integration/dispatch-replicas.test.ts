import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { openDatabase } from '../../shared/db.ts';
import { Cable } from './dispatch-cable.ts';
import { type LogLine, type Replica, World } from './dispatch-world.ts';

let world: World;
let replicas: [Replica, Replica];
beforeAll(async () => {
  world = await World.start();
  replicas = [await world.startReplica(), await world.startReplica()];
});
afterAll(() => world.close());

describe('two replicas that both get every webhook', () => {
  test('admit a call once and ask for one agent (R3.2)', async () => {
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('call carried by another replica', caller.room);
    await world.logged('agent joined', caller.room);
    expect(await world.jobs(caller.room)).toHaveLength(1);
    expect(await world.rows('sessions', { room: `eq.${caller.room}` })).toHaveLength(1);
    expect(caller.isIn).toBe(true);
    await caller.leave();
  });

  test('refuse a call once (R1.5)', async () => {
    const caller = await world.call({ called: '2999' });
    expect(await caller.putOut()).toBe('ROOM_DELETED');
    expect(await world.rows('call_refusals', { sip_call_id: `eq.${caller.callId}` })).toHaveLength(1);
  });
});

describe('two replicas of which one has lost the database', () => {
  test('keep a call that the other one can admit (R3.2)', async () => {
    const { supabase } = world;
    const pulled = await Cable.to(supabase.url);
    const database = openDatabase({ ...supabase, url: pulled.url, token: supabase.dispatchToken, deadlineMs: 2000 });
    await using _blind = await world.startReplica({ database });
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await waitFor(() => story(caller.room).includes('call refused'), { what: 'the refusal', deadlineMs: 10_000 });
    const spared = () => story(caller.room).filter((said) => said === 'call carried by another replica').length === 2;
    await waitFor(spared, { what: 'two replicas to leave the call alone', deadlineMs: 10_000 });
    expect(caller.isIn).toBe(true);
    await caller.leave();
  });

  function story(room: string): unknown[] {
    return world.log.filter((line) => line['room'] === room).map((line) => line['msg']);
  }
});

describe('two replicas that share the webhooks between them', () => {
  test.each(['track_published', 'participant_joined'])(
    'let a refused caller hear busy at once when the other one got %s (R1.5)',
    async (theirs) => {
      const [mine, other] = replicas;
      world.relay.route = async (posted) => {
        await world.relay.pass(posted, [posted.event.event === theirs ? other.url : mine.url]);
      };
      const caller = await world.call({ called: '2999' });
      expect(await caller.putOut()).toBe('ROOM_DELETED');
      world.relay.route = undefined;
      const isClosing = (line: LogLine) => line['room'] === caller.room && String(line['msg']).endsWith('closed');
      const closing = await waitFor(() => world.log.find(isClosing), { what: 'the closing line', deadlineMs: 5000 });
      // False: nobody learned of the caller's track, and patience ran out.
      expect(closing['audible']).not.toBe(false);
    },
  );

  test('keep a call whose agent was told to the other one (R3.2)', async () => {
    const [mine, other] = replicas;
    world.relay.route = async (posted) => {
      const { event, participant } = posted.event;
      const theirs = event === 'participant_joined' && participant?.identity.startsWith('agent-');
      await world.relay.pass(posted, [theirs ? other.url : mine.url]);
    };
    const caller = await world.call({ called: '2001' });
    await world.answer(caller.room);
    await world.logged('agent joined', caller.room);
    world.relay.route = undefined;
    expect(await world.jobs(caller.room)).toHaveLength(1);
    expect(caller.isIn).toBe(true);
    await caller.leave();
  });
});

describe('a replica that is stopped', () => {
  test('brings the call that it is carrying to its end first (R6.3)', async () => {
    const [mine, other] = replicas;
    world.relay.route = (posted) => world.relay.pass(posted, [mine.url]).then(() => undefined);
    const caller = await world.call({ called: '2001' });
    await world.job(caller.room);
    world.relay.route = (posted) => world.relay.pass(posted, [other.url]).then(() => undefined);
    const stopped = mine.close();
    await world.joinAsAgent(caller.room);
    await stopped;
    world.relay.route = undefined;
    await world.logged('agent joined', caller.room);
    expect(await world.jobs(caller.room)).toHaveLength(1);
    await caller.leave();
  });
});
