/**
 * The path of one call through dispatch, from the webhook that tells of the caller to an agent in the room, or to busy.
 * From then on the agent settles the call, and the watcher when the agent dies.
 */
import { callLog } from '../shared/log.ts';
import { type Admitted, admit } from './admit.ts';
import { offTheBooks } from './admit-known.ts';
import type { Call } from './calls.ts';
import { speakRefusal } from './courtesy.ts';
import type { Parts } from './parts.ts';
import { place } from './place.ts';
import { turnAway, turnAwayUnlessPlaced } from './refuse.ts';
import type { Caller } from './room-state.ts';
import { finish, takeBack } from './settle.ts';

export async function carry(call: Call, caller: Caller, given: Parts): Promise<void> {
  const parts = { ...given, log: callLog(given.log, { call: caller.leg.sipCallId, room: call.room }) };
  parts.log.info({ called: caller.leg.called, pii: { caller: caller.leg.caller } }, 'call arrived');

  const decision = await admit(call, caller, parts);
  switch (decision.outcome) {
    case 'admitted':
      return connect(call, caller, decision, withSession(parts, decision));
    case 'carried_elsewhere':
      withSession(parts, decision.session).log.info({ ms: call.ageMs }, 'call carried by another replica');
      return;
    case 'merged':
      withSession(parts, decision.session).log.info({ ms: call.ageMs }, 'second copy of an INVITE');
      return turnAway(call, caller, parts);
    case 'refused': {
      const { reason, tenant, numberId } = decision;
      const log = parts.log.child({ ...(tenant && { tenant }), ...(numberId && { number: numberId }) });
      log.info({ reason, ms: call.ageMs }, 'call refused');
      if (decision.answer.action !== 'busy') return speakRefusal(call, caller, decision, { ...parts, log });
      const refuse = decision.onRecord ? turnAway : turnAwayUnlessPlaced;
      return refuse(call, caller, { ...parts, log });
    }
  }
}

async function connect(call: Call, caller: Caller, admitted: Admitted, parts: Parts): Promise<void> {
  parts.log.info({ ms: call.ageMs }, 'call admitted');
  const placement = await place(call, caller, admitted, parts);
  switch (placement) {
    case 'agent_joined':
      parts.log.info({ ms: call.ageMs }, 'agent joined');
      return;
    case 'caller_gone':
      await finish(parts.database, admitted.sessionId, 'caller_gave_up');
      parts.log.info({ reason: 'caller_gave_up', ms: call.ageMs }, 'caller gave up');
      // Placed while the caller was leaving, the room may have been made anew with a job in it.
      await parts.livekit.deleteRoom(call.room);
      return;
    case 'room_closed':
      // An agent that cannot serve the call closes the room before it settles: its reason is the one to be recorded.
      parts.log.info({ ms: call.ageMs }, 'room closed before an agent was seen');
      return;
    case 'nobody_came': {
      const refused = await takeBack(parts.database, admitted.sessionId, 'no_worker');
      parts.log.warn({ reason: 'no_worker', refused, ms: call.ageMs }, 'no agent took the call');
      if (refused) await turnAway(call, caller, parts);
      return;
    }
  }
}

function withSession(parts: Parts, { sessionId, tenant, numberId, offline }: Admitted): Parts {
  const log = callLog(parts.log, { session: sessionId, tenant, number: numberId });
  return { ...parts, log, database: offline === undefined ? parts.database : offTheBooks };
}
