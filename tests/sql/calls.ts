/** Callers, for tests of admission: each with a dialogue and a room that nobody else has. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Admission, admissionSchema } from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';

export interface Invite {
  readonly p_called: string;
  readonly p_caller: string;
  readonly p_sip_call_id: string;
  readonly p_sip_from_tag: string;
  readonly p_room: string;
}

export function invite(called: string, caller = '+442079460001'): Invite {
  const id = randomUUID();
  return {
    p_called: called,
    p_caller: caller,
    p_sip_call_id: `${id}@pbx.test`,
    p_sip_from_tag: id.slice(0, 8),
    p_room: `call_${called.slice(0, 20)}_${id.slice(24)}`,
  };
}

export function admit(dispatch: Database, call: Invite): Promise<Admission> {
  return dispatch.row('admit_call', { ...call }, admissionSchema);
}

/** The session of a call that must come in. */
export async function admitted(dispatch: Database, call: Invite): Promise<string> {
  const admission = await admit(dispatch, call);
  if (admission.outcome !== 'admitted') throw new Error(`the call was refused: ${admission.reason}`);
  return admission.sessionId;
}

export async function refusalOf(dispatch: Database, call: Invite): Promise<string> {
  const admission = await admit(dispatch, call);
  return admission.outcome === 'refused' ? admission.reason : 'admitted';
}

export const finishedSchema = z.object({ finished: z.boolean() });
export const answeredSchema = z.object({ answered: z.boolean() });
export const refusedSchema = z.object({ refused: z.boolean() });

export async function finish(
  database: Database,
  sessionId: string,
  reason = 'caller_hung_up',
  record: object | null = null,
) {
  return settle(database, { p_session_id: sessionId, p_end_reason: reason, p_record: record });
}

export async function finishAs(agent: Database, worker: string, sessionId: string) {
  return settle(agent, { p_session_id: sessionId, p_end_reason: 'caller_hung_up', p_worker: worker });
}

async function settle(database: Database, args: Readonly<Record<string, unknown>>): Promise<boolean> {
  return (await database.row('finish_call', args, finishedSchema)).finished;
}
