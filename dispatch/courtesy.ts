/**
 * A refused caller who gets more than busy: an agent of the organisation's pool joins them, says one recorded sentence or sends
 * them on, and lets them go. Where none comes, the caller hears busy after all.
 */
import { z } from 'zod';
import { coerceError } from '../shared/faults.ts';
import type { PoolName } from '../shared/ids.ts';
import type { RefusalJob, SpokenRefusal } from '../shared/jobs.ts';
import { decisionOn, type Refused } from './admit.ts';
import type { Call } from './calls.ts';
import type { Parts } from './parts.ts';
import { turnAway } from './refuse.ts';
import type { Caller, RoomState } from './room-state.ts';

/** Nobody waits long to be refused. */
const agentMs = 2_000;

/** `unheard`: nobody came, or who came is not heard. */
type Told = 'told' | 'unheard' | 'caller_gone' | 'second_copy';

const endedSchema = z.object({ ended: z.boolean() });

export async function speakRefusal(call: Call, caller: Caller, refused: Refused, parts: Parts): Promise<void> {
  const job = jobFor(caller, refused);
  if (job === undefined) return turnAway(call, caller, parts);
  const { refusal_id: refusalId } = job.answer;
  const told = await place(call, caller, job, parts).catch((thrown: unknown): Told => {
    parts.log.error({ err: coerceError(thrown), ms: call.ageMs }, 'no agent could be asked to tell the caller');
    return 'unheard';
  });
  switch (told) {
    case 'told':
      parts.log.info({ answer: job.answer.action, ms: call.ageMs }, 'an agent tells the caller');
      return;
    case 'caller_gone':
      await end(refusalId, 'caller_left', parts);
      parts.log.info({ ms: call.ageMs }, 'refused caller left first');
      // Placed while the caller was leaving, the room may have been made anew with a job in it.
      await parts.livekit.deleteRoom(call.room);
      return;
    case 'second_copy':
      parts.log.info({ ms: call.ageMs }, 'second copy of an INVITE');
      return turnAway(call, caller, parts);
    case 'unheard':
      parts.log.warn({ ms: call.ageMs }, 'no agent is heard to tell the caller, who hears busy');
      await end(refusalId, 'busy', parts);
      return turnAway(call, caller, parts);
  }
}

/** Undefined: the caller simply hears busy. */
function jobFor(caller: Caller, refused: Refused): PooledJob | undefined {
  const { answer, tenant, numberId, pool } = refused;
  if (answer.action === 'busy' || tenant === null || numberId === null || pool === null) return undefined;
  const { called } = caller.leg;
  return { v: 1, kind: 'refusal', tenant, number_id: numberId, called_number: called, answer, pool };
}

type PooledJob = RefusalJob & { readonly answer: SpokenRefusal; readonly pool: PoolName };

async function place(call: Call, caller: Caller, { pool, ...job }: PooledJob, parts: Parts): Promise<Told> {
  const { livekit, database } = parts;
  // An INVITE that a proxy delivered by two ways has two rooms and one refusal, which belongs to the first.
  if ((await decisionOn(call.room, database)) === undefined) return 'second_copy';
  // CreateDispatch makes a room anew when it is gone.
  if (call.state.at === 'over') return 'caller_gone';
  await livekit.dispatchAgent(call.room, pool, JSON.stringify(job));
  const met = await call.until((state) => state.at === 'over' || agentsIn(state).length > 0, agentMs);
  if (met.at === 'over') return 'caller_gone';
  if (agentsIn(met).length === 0) {
    const asked = await askServer(call, caller, parts);
    if (asked !== 'joined') return asked;
  }
  // One that joins and dies, or stands still, would leave the caller ringing to the end.
  const heard = await call.until((state) => state.at === 'over' || isHeard(state), parts.patience.publishMs);
  if (heard.at === 'over' || isHeard(heard)) return 'told';
  const asked = await askServer(call, caller, parts);
  return asked === 'joined' ? 'unheard' : asked;
}

const agentsIn = (state: RoomState) => (state.at === 'occupied' ? state.agents : []);
const isHeard = (state: RoomState) => agentsIn(state).some(({ audible }) => audible);

/** The webhooks may have gone to another replica: the server knows who is there. */
async function askServer(call: Call, caller: Caller, { livekit }: Parts): Promise<Told | 'joined'> {
  const { legs, agents } = await livekit.occupants(call.room);
  if (agents.some(({ audible }) => audible)) return 'told';
  if (!legs.some(({ sid }) => sid === caller.sid)) return 'caller_gone';
  return agents.length > 0 ? 'joined' : 'unheard';
}

/** Frees the place for the next caller; one that nobody freed is free after a minute. */
async function end(refusalId: number, outcome: 'busy' | 'caller_left', { database, log }: Parts): Promise<void> {
  try {
    await database.row('end_refusal', { p_refusal_id: refusalId, p_outcome: outcome }, endedSchema);
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the outcome of a refusal could not be recorded');
  }
}
