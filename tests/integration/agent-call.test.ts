import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
});
afterAll(async () => world?.close());

describe('a call that is answered', () => {
  test('a caller hears the greeting of the dialled number, is understood and answered, and is on record (R1.4, R1.8)', async () => {
    const { session, caller } = await world.dial('2001');
    await caller.untilAnswered();
    await caller.untilHeard(500);
    caller.say(await world.speech('What time do you close tonight?'));
    await waitFor(() => world.asked('chat', 'dev-openai-harbor-pizza').length > 0, {
      what: 'the model to be asked',
      deadlineMs: 30_000,
    });
    await waitFor(async () => caller.heardMs > 2500, { what: 'the answer', deadlineMs: 30_000 });
    await caller.hangUp();

    const { end_reason, answered_at, timings } = await world.settled(session);
    expect(end_reason).toBe('caller_hung_up');
    expect(answered_at).not.toBeNull();
    expect(timings).toHaveProperty('published');
    const turns = await world.transcript(session);
    expect(turns[0]).toEqual({ role: 'agent', text: 'Harbor Pizza orders, what can I get in the oven for you?' });
    expect(turns[1]).toEqual({ role: 'caller', text: 'What time do you close tonight?' });
    expect(turns[2]?.text).toContain('Harbor Pizza');
  });
});
