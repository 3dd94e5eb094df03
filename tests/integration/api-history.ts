/** Calls that were, and one that is, for tests that look at them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { openDatabase } from '../../shared/db.ts';
import type { ApiWorld } from './api-world.ts';

export interface PastCall {
  readonly tenant: string;
  readonly number: string;
  readonly caller: string;
  readonly startedAt: string;
  /** Null: nobody answered. */
  readonly talkMs: number | null;
  readonly endReason: string;
  readonly words?: readonly string[];
}

async function idsOf(world: ApiWorld, tenant: string, number: string) {
  const [organization] = await world.rows('organizations', { slug: `eq.${tenant}` });
  const numbers = await world.rows('sip_numbers', { organization_id: `eq.${organization?.['id']}` });
  const found = numbers.find(({ phone_number: phoneNumber }) => phoneNumber === number);
  return { organization: z.uuid().parse(organization?.['id']), number: z.uuid().parse(found?.['id']) };
}

/** @returns the id of its session */
export async function addCall(world: ApiWorld, call: PastCall): Promise<string> {
  const ids = await idsOf(world, call.tenant, call.number);
  const id = randomUUID();
  const startedMs = Date.parse(call.startedAt);
  const answeredMs = startedMs + 500;
  const endedMs = answeredMs + (call.talkMs ?? 0);
  await world.add('sessions', {
    ...dialled(id, ids, call),
    started_at: call.startedAt,
    answered_at: call.talkMs === null ? null : new Date(answeredMs).toISOString(),
    ended_at: new Date(endedMs).toISOString(),
    end_reason: call.endReason,
    timings: { admitted: 12, answered: 500 },
  });
  for (const [at, text] of (call.words ?? []).entries())
    await world.add('session_turns', {
      session_id: id,
      position: at,
      organization_id: ids.organization,
      role: at % 2 === 0 ? 'agent' : 'caller',
      text,
      at_ms: at * 1000,
    });
  return id;
}

/** One every quarter of an hour until now, each with a turn in which its number is said. */
export async function addPastCalls(world: ApiWorld, count: number): Promise<void> {
  const ids = await idsOf(world, 'harbor-pizza', '2001');
  const rowsAtOnce = 1_000;
  for (let from = 1; from <= count; from += rowsAtOnce) {
    const calls = Array.from({ length: Math.min(rowsAtOnce, count - from + 1) }, (_, at) => {
      const startedMs = Date.now() - (from + at) * 900_000;
      return {
        ...dialled(randomUUID(), ids, { number: '2001', caller: `+39${String(from + at).padStart(9, '0')}` }),
        started_at: new Date(startedMs).toISOString(),
        answered_at: new Date(startedMs + 600).toISOString(),
        ended_at: new Date(startedMs + 60_000 + ((from + at) % 7) * 10_000).toISOString(),
        end_reason: 'caller_hung_up',
      };
    });
    await world.add('sessions', calls);
    await world.add(
      'session_turns',
      calls.map(({ id, organization_id }, at) => ({
        session_id: id,
        position: 1,
        organization_id,
        role: 'caller',
        text: `one with anchovy ${from + at} please`,
        at_ms: 900,
      })),
    );
  }
}

/** Admitted, taken and answered, as dispatch and an agent do it. @returns the id of its session */
export async function addLiveCall(world: ApiWorld, call: Pick<PastCall, 'number' | 'caller'>): Promise<string> {
  const { session_id: session, reason } = await admit(world, call);
  if (session === null) throw new Error(`the call to ${call.number} was refused: ${reason}`);
  const id = z.uuid().parse(session);
  const agent = databaseAs(world, world.supabase.agentToken);
  await agent.rows('take_call', { p_session_id: id, p_worker: 'shard-1' }, z.unknown());
  await agent.rows('answer_call', { p_session_id: id, p_worker: 'shard-1' }, z.unknown());
  return id;
}

/** A call to a number that is switched off. */
export async function addRefusal(world: ApiWorld, call: Pick<PastCall, 'number' | 'caller'>): Promise<void> {
  const { reason } = await admit(world, call);
  if (reason !== 'number_inactive') throw new Error(`the call to ${call.number} was to be refused`);
}

const decisionSchema = z.object({ session_id: z.uuid().nullable(), reason: z.string().nullable() });

function admit(world: ApiWorld, { number, caller }: Pick<PastCall, 'number' | 'caller'>) {
  const id = randomUUID();
  const invite = { p_called: number, p_caller: caller, p_sip_call_id: id, p_sip_from_tag: 'tag', p_room: `call_${id}` };
  return databaseAs(world, world.supabase.dispatchToken).row('admit_call', invite, decisionSchema);
}

function databaseAs({ supabase: { url, anonKey } }: ApiWorld, token: string) {
  return openDatabase({ url, anonKey, token, deadlineMs: 5_000 });
}

function dialled(
  id: string,
  ids: { readonly organization: string; readonly number: string },
  { number, caller }: Pick<PastCall, 'number' | 'caller'>,
) {
  return {
    id,
    organization_id: ids.organization,
    sip_number_id: ids.number,
    called_number: number,
    caller_number: caller,
    sip_call_id: `${id}@exchange`,
    sip_from_tag: 'tag',
    room: `call_${number}_${id}`,
  };
}
