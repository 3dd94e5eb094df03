/** All other tests run the sources. What ships is a bundle of them with their libraries, made by `npm run build`. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const question = 'What time do you close tonight?';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ code: 'built', preload: new URL('./native-log-witness.ts', import.meta.url) });
});
afterAll(() => world.close());

test('a caller of the shard as it ships is greeted, understood, answered and on record (R1.4, R1.8)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(1_000);
  caller.say(await world.speech(question));
  await caller.untilHeard(caller.heardMs + 1_000);
  await caller.hangUp();
  expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
  expect(await world.transcript(session)).toContainEqual({ role: 'caller', text: question });
});

test('the shard as it ships changes the libraries that it was bundled with (R9.3)', () => {
  expect(world.logText()).toContain('native logs: false');
  expect(world.logText()).not.toContain('patch left out');
});
