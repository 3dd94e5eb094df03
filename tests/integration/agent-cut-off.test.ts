/** Connections that break in mid-call, the caller's, the agent's and all at once: nobody hung up, and nobody is hung up on. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../dev/stack/wait.ts';
import { DeadlinePassed } from '../../shared/faults.ts';
import { Caller } from './agent-caller.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-cut-off-'));
const reconnectOnce = join(folder, 'once');

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld({ preload: new URL(`./reconnect-library.ts?once=${reconnectOnce}`, import.meta.url) });
});
afterEach(() => world?.providers.reset());
afterAll(async () => {
  await world?.close();
  rmSync(folder, { recursive: true });
});

const key = 'dev-openai-harbor-pizza';
const question = 'What time do you close tonight?';
const sayAgainMs = 12_000;
const mostAttempts = 5;
const asks = () => world.asked('chat', key).filter(({ user }) => user === question).length;
const until = (what: string, holds: () => boolean | Promise<boolean>, deadlineMs = 30_000) =>
  waitFor(holds, { what, deadlineMs });

/** A question that is answered: both hear each other. */
async function talks(caller: Caller): Promise<void> {
  const [asked, heardMs] = [asks(), caller.heardMs];
  await saysUntil(caller, () => asks() > asked);
  await caller.untilHeard(heardMs + 500);
  expect(caller.disconnected).toBe(false);
}

/** The agent may hear its caller seconds after it is heard itself; who is not understood says it again. */
async function saysUntil(caller: Caller, understood: () => boolean): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    caller.say(new Int16Array(16_000));
    caller.say(await world.speech(question));
    try {
      await until('the question to be understood', understood, sayAgainMs);
      return;
    } catch (thrown) {
      if (!(thrown instanceof DeadlinePassed) || attempt === mostAttempts) throw thrown;
    }
  }
}

async function endsByHangingUp(session: string, caller: Caller): Promise<void> {
  expect(world.logOf(session).map(({ msg }) => msg)).not.toContain('call handed over');
  await caller.hangUp();
  expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
}

test('a caller whose agent is connected anew talks on with it, although LiveKit ends its job (R3.5)', async () => {
  const { session, room, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  const { httpUrl, apiKey, apiSecret } = world.livekit;
  const dispatches = new AgentDispatchClient(httpUrl, apiKey, apiSecret);
  const jobs = async () => (await dispatches.listDispatch(room)).flatMap(({ state }) => state?.jobs ?? []);
  await until('LiveKit to know whose job it is', async () => (await jobs()).length > 0);
  writeFileSync(reconnectOnce, '');
  await until('the agent to be heard anew', () => caller.tracks.length === 2);
  await talks(caller);
  await endsByHangingUp(session, caller);
});

test('a caller whose line is connected anew talks on with the agent (R3.5)', async () => {
  const { session, room, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  const anew = await Caller.join({ ...world.livekit, room, called: '2001', callId: 'the same' });
  await caller.untilDisconnected();
  await anew.untilAnswered();
  await talks(anew);
  await endsByHangingUp(session, anew);
});

test('a caller whose LiveKit server dies and comes back talks on with the agent they had (R3.5)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  await world.livekit.kill();
  await world.livekit.revive();
  await until('the agent to be heard anew', () => caller.tracks.length === 2, 60_000);
  await talks(caller);
  await endsByHangingUp(session, caller);
}, 180_000);

test('a call whose LiveKit server stays away is not ended by its agent, but left to others (R3.5)', async () => {
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(500);
  await world.livekit.kill();
  await until('the call to be left', () => world.logOf(session).some(({ msg }) => msg === 'call handed over'), 90_000);
  await world.livekit.revive();
  const { data } = await world.tables.from('active_calls').select('released').eq('session_id', session).single();
  expect(data).toEqual({ released: true });
  await caller.hangUp();
}, 180_000);
