import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const voiceKey = 'dev-openai-harbor-pizza';
const usual = 'Harbor Pizza orders, what can I get in the oven for you?';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ greetings: 'kept' });
});
afterAll(async () => world?.close());

const timesSpoken = (text: string) =>
  world.asked('speech', voiceKey).filter((entry) => JSON.stringify(entry).includes(text)).length;

/** A call that only listens. @returns how much was heard, and what is on record */
async function listen(until: 'the end of the greeting' | 'its first word') {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(300);
  if (until === 'the end of the greeting') {
    let beforeMs = -1;
    const isOver = () => {
      const still = caller.heardMs === beforeMs;
      beforeMs = caller.heardMs;
      return still;
    };
    await waitFor(isOver, { what: until, deadlineMs: 20_000, intervalMs: 700 });
  }
  const { heardMs } = caller;
  await caller.hangUp();
  await world.settled(session);
  return { heardMs, transcript: await world.transcript(session) };
}

test('the second caller hears the greeting that the first one waited for, in full and on record (R1.7, R1.8)', async () => {
  const first = await listen('the end of the greeting');
  const second = await listen('the end of the greeting');
  expect(timesSpoken(usual)).toBe(1);
  expect(second.heardMs).toBeGreaterThan(first.heardMs * 0.8);
  expect(second.transcript).toEqual([{ role: 'agent', text: usual }]);
});

test('a changed greeting is spoken anew, and who hangs up in the middle of it leaves no half to the next caller (R2.3)', async () => {
  const text = 'Harbor Pizza wishes a happy new year to all of you and asks what may be baked on this fine evening!';
  const number = () => world.tables.from('sip_numbers');
  const { data } = await number().select('config_override').eq('phone_number', '2001').single();
  const { error } = await number()
    .update({ config_override: { greeting: { text } } })
    .eq('phone_number', '2001');
  expect(error).toBeNull();
  await world.changesHeard();
  await listen('its first word');
  const whole = await listen('the end of the greeting');
  const again = await listen('the end of the greeting');
  await number().update({ config_override: data?.config_override }).eq('phone_number', '2001');
  expect(timesSpoken(text)).toBe(2);
  expect(again.heardMs).toBeGreaterThan(whole.heardMs * 0.8);
});
