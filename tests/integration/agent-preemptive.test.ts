import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const key = 'dev-openai-harbor-pizza';
/** A caller who pauses for less than this goes on in the same turn. */
const turnMs = 3_000;

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
  const override = { turn: { preemptive: true, min_endpointing_ms: turnMs, max_endpointing_ms: turnMs } };
  const { error } = await world.tables
    .from('sip_numbers')
    .update({ config_override: override })
    .eq('phone_number', '2001');
  expect(error).toBeNull();
  await world.changesHeard();
});
afterAll(async () => world?.close());

const asked = () => world.asked('chat', key);
const untilAsked = (times: number) =>
  waitFor(() => asked().length >= times, { what: `the model to be asked ${times} times`, deadlineMs: 30_000 });

test('the model is asked while a caller only pauses, and what it guessed is neither said nor kept (R1.7)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilAnswered();
  await caller.untilHeard(500);
  caller.say(await world.speech('What time do you close tonight?'));
  await untilAsked(1);
  const guess = asked()[0];
  caller.say(await world.speech('Do you deliver to Station Road?'));
  await untilAsked(2);
  await waitFor(() => world.asked('speech', key).length > 1, { what: 'the answer', deadlineMs: 20_000 });
  const heardMs = caller.heardMs;
  await caller.untilHeard(heardMs + 500);
  await caller.hangUp();
  await world.settled(session);

  expect(guess?.user).toBe('What time do you close tonight?');
  const turns = await world.transcript(session);
  expect(turns.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
  expect(turns[1]?.text).toMatch(/close tonight.*Station Road/);
});
