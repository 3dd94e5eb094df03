import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ patches: 'off' });
});
afterAll(async () => world?.close());

test('without the patches of its libraries the agent answers, listens and ends calls all the same (R9.3)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  caller.say(await world.speech('What time do you close tonight?'));
  await waitFor(() => world.asked('chat', 'dev-openai-harbor-pizza').length > 0, {
    what: 'the question to reach the model',
    deadlineMs: 30_000,
  });
  await caller.hangUp();
  expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
});
