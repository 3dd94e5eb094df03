/**
 * The path of one call through dispatch, from the webhook that tells of the caller to an agent that is heard, or to busy.
 * From then on the agent settles the call, and the watch finds it another one when the agent dies.
 */
import { callLog } from '../shared/log.ts';
import { type Admitted, admit, type Refused } from './admit.ts';
import { offTheBooks } from './admit-known.ts';
import type { Call } from './calls.ts';
import { connect } from './connect.ts';
import { speakRefusal } from './courtesy.ts';
import type { Parts } from './parts.ts';
import { turnAway, turnAwayUnlessPlaced } from './refuse.ts';
import type { Caller } from './room-state.ts';

export async function carry(call: Call, caller: Caller, given: Parts): Promise<void> {
  const parts = { ...given, log: callLog(given.log, { call: caller.leg.sipCallId, room: call.room }) };
  parts.log.info({ called: caller.leg.called, pii: { caller: caller.leg.caller } }, 'call arrived');
  await parts.at('call_arrived');

  const decision = await admit(call, caller, parts);
  switch (decision.outcome) {
    case 'admitted': {
      const mine = withSession(parts, decision);
      mine.log.info({ ms: call.ageMs }, 'call admitted');
      await parts.at('call_admitted');
      return connect({ call, caller, session: decision, state: 'pending', gone: new Set() }, mine);
    }
    case 'carried_elsewhere':
      withSession(parts, decision.session).log.info({ ms: call.ageMs }, 'call carried by another replica');
      return;
    case 'merged':
      withSession(parts, decision.session).log.info({ ms: call.ageMs }, 'second copy of an INVITE');
      return turnAway(call, caller, parts);
    case 'refused': {
      const mine = withNumber(parts, decision);
      mine.log.info({ reason: decision.reason, ms: call.ageMs }, 'call refused');
      await parts.at('call_refused');
      if (decision.answer.action !== 'busy') return speakRefusal(call, caller, decision, mine);
      return decision.onRecord ? turnAway(call, caller, mine) : turnAwayUnlessPlaced(call, caller, mine);
    }
  }
}

function withSession(parts: Parts, { sessionId, tenant, numberId, offline }: Admitted): Parts {
  const log = callLog(parts.log, { session: sessionId, tenant, number: numberId });
  return { ...parts, log, database: offline === undefined ? parts.database : offTheBooks };
}

function withNumber(parts: Parts, { tenant, numberId }: Refused): Parts {
  return { ...parts, log: callLog(parts.log, { ...(tenant && { tenant }), ...(numberId && { number: numberId }) }) };
}
