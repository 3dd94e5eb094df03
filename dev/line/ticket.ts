/** Who the caller is in the room: name, identity and the `sip.*` attributes that LiveKit SIP sets. */

import type { RoomTicket } from '../../dispatch/room-ticket.ts';
import type { SipRequest } from './message.ts';
import { randomId } from './random-id.ts';
import type { Trunk } from './trunk.ts';

/**
 * Called is the user of To, caller the user of From; the request URI is not looked at. Both are strangers' text, taken as
 * they are: a name that LiveKit does not like makes the join fail and the caller hear busy.
 *
 * @param callId our own id of the call, which is also our tag in the dialog
 */
export function roomTicket(invite: SipRequest, callId: string, trunk: Trunk): RoomTicket {
  const called = invite.to.uri.user;
  const caller = invite.from.uri.user;
  return {
    room: `${trunk.roomPrefix}_${called}_${randomId(12)}`,
    identity: `sip_${caller}`,
    name: `Phone ${caller}`,
    attributes: {
      'sip.callID': callId,
      'sip.callIDFull': invite.callId,
      'sip.callTag': invite.from.params.get('tag') ?? '',
      'sip.callStatus': 'ringing',
      'sip.hostname': invite.from.uri.host,
      'sip.phoneNumber': caller,
      'sip.trunkPhoneNumber': called,
      'sip.trunkID': trunk.id,
      'sip.ruleID': trunk.ruleId,
      ...(trunk.includesXHeaders ? xHeaders(invite) : {}),
    },
    emptyTimeoutSeconds: trunk.emptyTimeoutSeconds,
    departureTimeoutSeconds: trunk.departureTimeoutSeconds,
  };
}

function xHeaders(invite: SipRequest): Record<string, string> {
  const found = invite.headers.filter(([name]) => name.startsWith('x-'));
  return Object.fromEntries(found.map(([name, value]) => [`sip.h.${name}`, value]));
}
