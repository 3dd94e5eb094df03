/** A worker and the watch as SQL sees them, for tests of who holds a call. */
import type { Sql } from 'postgres';
import type { CallRecord } from '../../shared/call-record.ts';
import {
  type AdoptedCall,
  adoptedSchema,
  type CallNote,
  callReleasedSchema,
  type LostCall,
  leaseVerdictSchema,
  lostCallSchema,
  notedSchema,
  releasedSchema,
  reportedSchema,
  takenSchema,
} from '../../shared/contracts.ts';
import type { Database } from '../../shared/db.ts';
import { answeredSchema, finishedSchema } from './calls.ts';

export class Holder {
  readonly name: string;
  readonly #agent: Database;

  constructor(agent: Database, name: string) {
    this.#agent = agent;
    this.name = name;
  }

  take(session: string) {
    return this.#agent.row('take_call', this.#held(session), takenSchema);
  }

  async answer(session: string) {
    return (await this.#agent.row('answer_call', this.#held(session), answeredSchema)).answered;
  }

  async takeAndAnswer(session: string) {
    const { taken } = await this.take(session);
    if (!taken || !(await this.answer(session))) throw new Error(`${this.name} could not take the call`);
  }

  async verdicts(sessions: readonly string[], status: object | null = null) {
    const args = { p_worker: this.name, p_session_ids: sessions, p_status: status };
    return this.#agent.rows('renew_leases', args, leaseVerdictSchema);
  }

  async renew(session: string) {
    const [verdict] = await this.verdicts([session]);
    return verdict?.verdict;
  }

  async note(session: string, said: Partial<Omit<CallNote, 'session_id'>>) {
    const note = { session_id: session, turns: [], usage: [], ...said };
    const [row] = await this.#agent.rows('note_calls', { p_worker: this.name, p_notes: [note] }, notedSchema);
    return row?.noted;
  }

  async finish(session: string, record: Partial<CallRecord> | null = null, reason = 'caller_hung_up') {
    const args = { p_session_id: session, p_end_reason: reason, p_record: record, p_worker: this.name };
    return (await this.#agent.row('finish_call', args, finishedSchema)).finished;
  }

  async release(session: string) {
    return (await this.#agent.row('release_call', this.#held(session), callReleasedSchema)).released;
  }

  /** The supervisor says that the whole process is gone. */
  async gone() {
    return (await this.#agent.row('release_worker', { p_worker: this.name }, releasedSchema)).released;
  }

  async report(session: string, provider: string, failure: string, fatal = false) {
    const args = { ...this.#held(session), p_provider: provider, p_failure: failure, p_fatal: fatal };
    return (await this.#agent.row('report_provider', args, reportedSchema)).noted;
  }

  adopt(session: string, call: AdoptedCall | object) {
    return this.#agent.row('adopt_call', { ...this.#held(session), p_call: call }, adoptedSchema);
  }

  #held(session: string) {
    return { p_session_id: session, p_worker: this.name };
  }
}

export function claimLost(dispatch: Database, limit = 100): Promise<LostCall[]> {
  return dispatch.rows('claim_lost_calls', { p_limit: limit }, lostCallSchema);
}

/** The watch has been asking without a pause for long: there is no grace. */
export function keepWatching(sql: Sql): Promise<unknown> {
  return sql`update private.watch_pulse set seen_at = now(), resumed_at = now() - interval '1 hour'`;
}

/** Asks as one who has been watching all the time, however slow the machine is that this runs on. */
export async function watchOn(sql: Sql, dispatch: Database): Promise<LostCall[]> {
  await keepWatching(sql);
  return claimLost(dispatch);
}

/** Nobody has asked for lost calls for so long. */
export function beAway(sql: Sql, seconds: number): Promise<unknown> {
  return sql`update private.watch_pulse
    set seen_at = now() - ${`${seconds} s`}::interval, resumed_at = now() - interval '1 hour'`;
}

export function letLeasesRunOut(sql: Sql): Promise<unknown> {
  return sql`update active_calls set lease_expires_at = now() - interval '1 second'`;
}
