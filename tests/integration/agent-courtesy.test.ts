/** Refused callers whose number wants them told: 3100 and on have no line at all, so whoever calls is refused. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeWav } from '../../agent/wav.ts';
import { learn, recogniseAll, type Utterance } from '../../dev/providers/recognise.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { admissionSchema } from '../../shared/contracts.ts';
import { openDatabase } from '../../shared/db.ts';
import { Caller } from './agent-caller.ts';
import { type AgentWorld, startAgentWorld } from './agent-world.ts';

const own = { text: 'Do you deliver to Station Road?', language: 'en' } as const;

let world: AgentWorld;
let files: Server;
/** Address of what businesses recorded, on a host on the inside. */
let host: string;
beforeAll(async () => {
  world = await startAgentWorld();
  const recording = writeWav({ sampleRate: 16_000, samples: await world.speech(own.text) });
  files = createServer(({ url }, response) => response.end(url === '/busy.wav' ? recording : '<html>gone</html>'));
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(files.address() as AddressInfo).port}`;
  const { data } = await world.tables.from('platform_settings').select('config').single();
  const config = { ...data?.config, owner: { private_hosts: [host] } };
  await world.tables.from('platform_settings').update({ config }).eq('id', true);
});
afterAll(async () => {
  files?.close();
  await world?.close();
});

/** Nine callers at once on two cores. */
const untilTold = 40_000;

const tenants = {
  pizza: '0a000000-0000-4000-8000-000000000001',
  studio: '0b000000-0000-4000-8000-000000000001',
};
const busy = {
  en: { text: phrases.en.busy, language: 'en' },
  it: { text: phrases.it.busy, language: 'it' },
} as const;
const closed = {
  en: { text: phrases.en.closed, language: 'en' },
  it: { text: phrases.it.closed, language: 'it' },
} as const;

describe.concurrent('a refused caller whose number wants them told', () => {
  test.each(['en', 'it'] as const)(
    'hears the shipped sentence in its language (%s), and no provider is asked for anything (R3.4)',
    async (language) => {
      const call = await refusedAt({ language, refusal: { action: 'message' } });
      await call.caller.untilDisconnected(untilTold);
      expect(await heardBy(call.caller, [busy.en, busy.it])).toEqual([busy[language].text]);
      await expectOutcome(call, 'message', 'played');
    },
  );

  test('hears what the business recorded, also where it is on a host that only the owner may allow (R3.4)', async () => {
    const call = await refusedAt({ refusal: { action: 'message', audio_url: `http://${host}/busy.wav` } });
    await call.caller.untilDisconnected(untilTold);
    expect(await heardBy(call.caller, [own, busy.en])).toEqual([own.text]);
    await expectOutcome(call, 'message', 'played');
  });

  test.each([
    ['on a host that the owner does not allow', () => 'http://127.0.0.1:9/busy.wav'],
    ['no sound', () => `http://${host}/page.html`],
  ])('hears the shipped sentence when the recording is %s (R3.4)', async (_what, url) => {
    const call = await refusedAt({ refusal: { action: 'message', audio_url: url() } });
    await call.caller.untilDisconnected(untilTold);
    expect(await heardBy(call.caller, [busy.en])).toEqual([busy.en.text]);
    await expectOutcome(call, 'message', 'played');
  });

  test('who leaves in the middle is recorded as that, and their place is free (R3.4)', async () => {
    const call = await refusedAt({ refusal: { action: 'message' } });
    await call.caller.untilHeard(300);
    await call.caller.hangUp();
    await expectOutcome(call, 'message', 'caller_left');
  });

  test('who left before the agent came costs nobody a room (R3.4)', async () => {
    const call = await refusedAt({ refusal: { action: 'message' } }, { leaveFirst: true });
    await expectOutcome(call, 'message', 'caller_left');
  });

  test('is told once, also when two replicas ask for it (R3.4)', async () => {
    const call = await refusedAt({ refusal: { action: 'message' } }, { placements: 2 });
    await call.caller.untilDisconnected(untilTold);
    expect(call.caller.tracks).toHaveLength(1);
    expect(await heardBy(call.caller, [busy.en])).toEqual([busy.en.text]);
    await expectOutcome(call, 'message', 'played');
  });

  test('who cannot be forwarded, because nobody here carries REFERs, hears the sentence instead (R3.4)', async () => {
    const call = await refusedAt({ refusal: { action: 'forward', to: '2050' } });
    await call.caller.untilDisconnected(untilTold);
    expect(await heardBy(call.caller, [busy.en])).toEqual([busy.en.text]);
    await expectOutcome(call, 'forward', 'failed');
  });

  test.each(['en', 'it'] as const)(
    'of a business that is closed hears so in its language (%s), not that it is busy, and takes none of its lines (R2.9, R3.4)',
    async (language) => {
      const hours = { weekly: {}, closed: { action: 'refuse' } };
      const call = await refusedAt({ language, hours, refusal: { action: 'message' } }, { lines: 5 });
      expect(call.reason).toBe('outside_hours');
      await call.caller.untilDisconnected(untilTold);
      const candidates = [busy.en, busy.it, closed.en, closed.it];
      expect(await heardBy(call.caller, candidates)).toEqual([closed[language].text]);
      await expectOutcome(call, 'message', 'played');
      const { data } = await world.tables.from('sessions').select('id').eq('room', call.room);
      expect(data).toEqual([]);
    },
  );
});

test('a pool that is told to stop lets the sentence be heard (R3.4, R3.6)', async () => {
  const call = await refusedAt({ refusal: { action: 'message' } });
  await call.caller.untilHeard(300);
  process.kill(world.pool.pid, 'SIGTERM');
  await call.caller.untilDisconnected(untilTold);
  expect(await heardBy(call.caller, [busy.en])).toEqual([busy.en.text]);
  await expectOutcome(call, 'message', 'played');
});

interface RefusedCall {
  readonly room: string;
  readonly caller: Caller;
  readonly reason: string;
  readonly refusalId: number;
}

interface Circumstances {
  readonly lines?: number;
  /** The caller leaves before the job is placed. */
  readonly leaveFirst?: boolean;
  readonly placements?: number;
}

let lastNumber = 3100;

/** Refused and told as dispatch does it. */
async function refusedAt(config_override: object, circumstances: Circumstances = {}): Promise<RefusedCall> {
  const { lines = 0, leaveFirst = false, placements = 1 } = circumstances;
  lastNumber += 1;
  const called = String(lastNumber);
  const organization_id =
    'language' in config_override && config_override.language === 'it' ? tenants.studio : tenants.pizza;
  const row = { phone_number: called, organization_id, label: 'full', max_concurrent_calls: lines, config_override };
  expect((await world.tables.from('sip_numbers').insert(row)).error).toBeNull();

  const room = `call_${called}_${randomBytes(6).toString('hex')}`;
  const callId = randomUUID();
  const caller = await Caller.join({ ...world.livekit, room, called, callId });
  const { url, anonKey, dispatchToken: token } = world.supabase;
  const dispatch = openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
  const invite = {
    p_called: called,
    p_caller: '+39061234567',
    p_sip_call_id: callId,
    p_sip_from_tag: '1',
    p_room: room,
  };
  const refused = await dispatch.row('admit_call', invite, admissionSchema);
  if (refused.outcome !== 'refused' || refused.answer.action === 'busy') throw new Error('the caller is not told');
  const { tenant, numberId: number_id, answer, reason } = refused;
  if (leaveFirst) await caller.hangUp();
  const { httpUrl, apiKey, apiSecret } = world.livekit;
  const dispatches = new AgentDispatchClient(httpUrl, apiKey, apiSecret);
  const metadata = JSON.stringify({ v: 1, kind: 'refusal', tenant, number_id, called_number: called, answer });
  for (let placed = 0; placed < placements; placed++)
    await dispatches.createDispatch(room, 'switchboard', { metadata });
  return { room, caller, reason, refusalId: answer.refusal_id };
}

async function expectOutcome({ refusalId, room }: RefusedCall, answer: string, answered: string): Promise<void> {
  const read = () => world.tables.from('call_refusals').select('answer,answered').eq('id', refusalId).single();
  const ended = async () => {
    const { data } = await read();
    return data?.answered == null ? undefined : data;
  };
  expect(await waitFor(ended, { what: 'the outcome', deadlineMs: 20_000 })).toEqual({ answer, answered });
  const { data } = await world.tables.from('active_refusals').select('refusal_id').eq('refusal_id', refusalId);
  expect(data).toEqual([]);
  expect(world.providers.journal()).toEqual([]);
  // The outcome is told while the room is being closed.
  await waitFor(async () => !(await roomNames()).includes(room), { what: 'the room to be closed', deadlineMs: 10_000 });
}

async function roomNames(): Promise<string[]> {
  const { httpUrl, apiKey, apiSecret } = world.livekit;
  return (await new RoomServiceClient(httpUrl, apiKey, apiSecret).listRooms()).map(({ name }) => name);
}

async function heardBy(caller: Caller, candidates: readonly Utterance[]): Promise<(string | null)[]> {
  const known = await learn(candidates, world.providers.speech);
  return (await recogniseAll(caller.heard, 16_000, known)).map(({ text }) => text);
}
