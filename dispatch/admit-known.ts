/**
 * Admission while the database is away: a number that this replica knows has as many lines here as it has in all, counted
 * over the calls that this replica heard of. With several replicas a number may so have more calls than its limit for as long as
 * the database is away: that is what the owner chose over refusing them.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { type Database, DatabaseFault } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import { sessionIdSchema } from '../shared/ids.ts';
import type { RoomMetadata } from '../shared/jobs.ts';
import type { Admitted, Decision, Refused } from './admit.ts';
import type { Call } from './calls.ts';
import type { KnownNumber, KnownNumbers, OwnCall } from './known-numbers.ts';
import type { Parts } from './parts.ts';
import { jobMetadata } from './place.ts';
import type { Caller } from './room-state.ts';

/** Longer than two replicas that hear of the same call need to write their names, one after the other. */
const lastWordMs = 300;

/** The refusal of a call that no memory knows. */
export const nobodyCouldSay: Refused = {
  outcome: 'refused',
  reason: 'database_away',
  tenant: null,
  numberId: null,
  pool: null,
  answer: { action: 'busy' },
  onRecord: false,
};

type KnownParts = Parts & { readonly known: KnownNumbers };

export async function admitKnown(call: Call, caller: Caller, parts: KnownParts): Promise<Decision> {
  const { known, log } = parts;
  const number = known.find(caller.leg.called);
  if (number === undefined) return refused(nobodyCouldSay);
  const { tenant, numberId } = number;
  const mine = { room: call.room, callerSid: caller.sid };
  if (!known.take(mine, number)) {
    await letGoOfEnded(number, parts);
    if (!known.take(mine, number)) return refused({ ...nobodyCouldSay, tenant, numberId, reason: 'number_busy' });
  }
  const admitted = admittedNow(caller, number, known.clock.now());
  if (!(await isOurs(call, caller, { ...parts, admitted }))) {
    known.letGo(call.room);
    return refused({ ...nobodyCouldSay, tenant, numberId });
  }
  known.counts.admitted++;
  log.warn({ session: admitted.sessionId, tenant, number: numberId }, 'call admitted without the database');
  return admitted;

  async function refused(decision: Refused): Promise<Decision> {
    known.counts.refused++;
    // One that knows the number, or has a line left, shows it by then, and its call is let alone.
    await pause(lastWordMs);
    return decision;
  }
}

function admittedNow({ leg }: Caller, number: KnownNumber, nowMs: number): Admitted {
  const { organizationId, tenant, numberId, pool, numberLimit } = number;
  return {
    outcome: 'admitted',
    sessionId: sessionIdSchema.parse(randomUUID()),
    organizationId,
    tenant,
    numberId,
    pool,
    numberLimit,
    repeated: false,
    offline: {
      caller_number: leg.caller.slice(0, 256),
      sip_call_id: leg.sipCallId,
      sip_from_tag: leg.fromTag,
      admitted_at: new Date(nowMs).toISOString(),
    },
  };
}

/** Looked at only when a line is wanted: the webhook of a call's end may have gone to another replica. */
async function letGoOfEnded(number: KnownNumber, { known, livekit, log }: KnownParts): Promise<void> {
  const look = async ({ room, callerSid }: OwnCall) => {
    try {
      const { legs } = await livekit.occupants(room);
      if (!legs.some(({ sid }) => sid === callerSid)) known.letGo(room);
    } catch (thrown) {
      log.warn({ err: coerceError(thrown), room }, 'could not ask LiveKit whether a call is still on');
    }
  };
  await Promise.all(known.callsOf(number).map(look));
}

/**
 * Each replica may have got the webhook, and there is no database to say whose the call is: each writes its session into the
 * room's metadata, and the one whose word stands after a moment has the call.
 */
async function isOurs(call: Call, caller: Caller, parts: Parts & { admitted: Admitted }): Promise<boolean> {
  const { livekit, admitted } = parts;
  if (await livekit.isPlaced(call.room)) return false;
  const metadata: RoomMetadata = { ...jobMetadata(caller, admitted), caller_number: caller.leg.caller };
  const written = JSON.stringify(metadata);
  await livekit.setRoomMetadata(call.room, written);
  await pause(lastWordMs);
  return (await livekit.roomMetadata(call.room)) === written;
}

const answers: Readonly<Record<string, object>> = {
  refuse_call: { refused: true },
  finish_call: { finished: true },
  claim_call: { claimed: true },
};

/**
 * The database as seen by a call that is not in it: nobody else can have it, so it may be placed again, taken back or ended
 * by whoever asks, and there is no row to write. The agent that holds such a call brings it into the books.
 */
export const offTheBooks: Database = {
  rows: async (name, _args, row) => z.array(row).parse([answerOf(name)]),
  row: async (name, _args, row) => row.parse(answerOf(name)),
};

function answerOf(name: string): object {
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (answer === undefined) throw new DatabaseFault(`${name} cannot be asked about a call that is not in the database`);
  return answer;
}
