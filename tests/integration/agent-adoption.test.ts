import { randomUUID } from 'node:crypto';
import { AgentDispatchClient } from 'livekit-server-sdk';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import type { CallJob } from '../../shared/jobs.ts';
import { Caller } from './agent-caller.ts';
import { type AgentWorld, type PlacedCall, startAgentWorld } from './agent-world.ts';

let world: AgentWorld;
beforeAll(async () => {
  world = await startAgentWorld();
  // Known from now on, also without the database.
  const { session, caller } = await world.dial('2001');
  await caller.untilHeard(300);
  await caller.hangUp();
  await world.settled(session);
});
afterEach(async () => {
  world?.database.restore();
  await world?.providers.reset();
});
afterAll(async () => world?.close());

/** A caller whom dispatch let in from memory: no row tells of the call. */
async function dialOffline(): Promise<PlacedCall> {
  const session = randomUUID();
  const room = `call_2001_${session.slice(0, 8)}`;
  const callId = randomUUID();
  const { livekit } = world;
  const caller = await Caller.join({ ...livekit, room, called: '2001', callId });
  const job = {
    v: 1,
    kind: 'call',
    tenant: 'harbor-pizza',
    session_id: session,
    number_id: '0a000000-0000-4000-8000-000000002001',
    called_number: '2001',
    offline: {
      caller_number: '+39061234567',
      sip_call_id: callId,
      sip_from_tag: 'tag',
      admitted_at: new Date().toISOString(),
    },
  } satisfies { [Field in keyof CallJob]: unknown };
  const dispatches = new AgentDispatchClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
  await dispatches.createDispatch(room, 'switchboard', { metadata: JSON.stringify(job) });
  return { session, room, caller };
}

const rowsSchema = z.array(z.object({ admission: z.string(), answered_at: z.string().nullable() }));
async function booked(session: string) {
  const { data } = await world.tables.from('sessions').select('admission,answered_at').eq('id', session);
  return rowsSchema.parse(data)[0];
}

describe('a call that was let in while the database was away', () => {
  test('is answered, enters the books when it is back, and goes on as any other (R1.8)', async () => {
    world.database.cut();
    const { session, caller } = await dialOffline();
    await caller.untilHeard(500);
    expect(await booked(session)).toBeUndefined();
    world.database.restore();
    const row = await waitFor(() => booked(session), {
      what: 'the call to be adopted',
      deadlineMs: 20_000,
      intervalMs: 200,
    });
    expect(row.admission).toBe('offline');
    await waitFor(async () => (await booked(session))?.answered_at, {
      what: 'its answer',
      deadlineMs: 10_000,
      intervalMs: 200,
    });
    caller.say(await world.speech('What time do you close tonight?'));
    await waitFor(() => world.asked('chat', 'dev-openai-harbor-pizza').length > 0, {
      what: 'the model to be asked',
      deadlineMs: 30_000,
    });
    // Noted while it runs, as any other: it is this shard's.
    await waitFor(async () => (await world.transcript(session)).length >= 2, {
      what: 'its turns to be noted',
      deadlineMs: 20_000,
      intervalMs: 200,
    });
    await caller.hangUp();
    expect((await world.settled(session)).end_reason).toBe('caller_hung_up');
  });

  test('and is over before it is back is on record all the same, with every word (R1.8)', async () => {
    world.database.cut();
    const { session, caller } = await dialOffline();
    await caller.untilHeard(500);
    await caller.hangUp();
    await world.logged(session, 'call ended');
    expect(await booked(session)).toBeUndefined();
    world.database.restore();
    expect(await world.settled(session)).toMatchObject({
      end_reason: 'caller_hung_up',
      answered_at: expect.any(String),
    });
    expect((await world.transcript(session))[0]?.role).toBe('agent');
  });
});
