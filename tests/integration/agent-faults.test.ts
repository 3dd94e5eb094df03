import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterEach(() => world.providers.reset());
afterAll(async () => world?.close());

const apology = 'I am sorry, something went wrong on our side. Please call again in a moment.';
const refusing = (kind: 'chat' | 'listen' | 'speech') => ({
  rules: [
    {
      match: { kind, key: `dev-${kind === 'listen' ? 'deepgram' : 'openai'}-harbor-pizza` },
      fault: { type: 'status', status: 401 } as const,
    },
  ],
});

describe('a provider that fails in mid-call', () => {
  test('a caller whose model refuses the key hears the apology before the call ends (R4.2)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilHeard(500);
    await world.providers.script(refusing('chat'));
    caller.say(await world.speech('What time do you close tonight?'));
    await caller.untilDisconnected(40_000);
    expect((await world.settled(session)).end_reason).toBe('provider_failed');
    expect(world.asked('speech', 'dev-openai-harbor-pizza').map((entry) => entry.user)).toContainEqual(
      expect.stringContaining(apology.slice(0, 20)),
    );
  });

  /** Whether the line is open by then is a matter of milliseconds. */
  test('a caller whose STT key is refused hears busy, or the apology when the line was open (R4.2)', async () => {
    await world.providers.script(refusing('listen'));
    const { session, caller } = await world.dial('2001');
    await caller.untilDisconnected(40_000);
    const expected = caller.tracks.length === 0 ? 'provider_unusable' : 'provider_failed';
    expect((await world.settled(session)).end_reason).toBe(expected);
  });

  test('a call whose voice fails ends with the apology that needs none, and the other business talks on (R1.6, R4.2)', async () => {
    const other = await world.dial('+390612345678');
    await other.caller.untilHeard(500);
    await world.providers.script(refusing('speech'));
    const { session, caller } = await world.dial('2001');
    await caller.untilDisconnected(40_000);
    expect((await world.settled(session)).end_reason).toBe('provider_failed');
    other.caller.say(await world.speech('A che ora aprite domani?', 'it'));
    await waitFor(() => world.asked('chat', 'dev-openai-studio-bianchi').length > 0, {
      what: 'the other answer',
      deadlineMs: 20_000,
    });
    await other.caller.hangUp();
    expect((await world.settled(other.session)).end_reason).toBe('caller_hung_up');
  });
});

describe('a database that goes away', () => {
  test('a call to a number that nobody called before hears busy and is on record later (R1.8)', async () => {
    const placed = world.dial('2002', {}, { beforeDispatch: () => world.database.cut() });
    const { session, caller } = await placed;
    await caller.untilDisconnected();
    expect(caller.tracks).toEqual([]);
    world.database.restore();
    expect((await world.settled(session)).end_reason).toBe('database_away');
  });
});

describe('a pool whose shards come and go', () => {
  test('a shard that is killed is replaced, and the next caller is answered (R6.3)', async () => {
    const [shard] = world.shardPids();
    process.kill(shard ?? 0, 'SIGKILL');
    await waitFor(
      () => world.shardPids().length === 1 && world.shardPids()[0] !== shard && world.registrations() === 2,
      {
        what: 'another shard',
        deadlineMs: 30_000,
      },
    );
    const { session, caller } = await world.dial('2001');
    await caller.untilAnswered();
    await caller.hangUp();
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
  });
});
