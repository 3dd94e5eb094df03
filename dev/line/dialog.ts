/** The dialog of an answered INVITE (RFC 3261 §12), as far as the called side needs it: to say BYE the right way. */
import { parseNameAddress, splitOutsideQuotes } from './address.ts';
import { formatRequest, headerValues, type Peer, peerOf, type SipRequest } from './message.ts';
import { randomId } from './random-id.ts';

export interface ByeRequest {
  readonly branch: string;
  readonly datagram: Buffer;
  readonly to: Peer;
}

/** Same Call-ID and both tags: one dialog. */
export const dialogKey = (callId: string, localTag: string): string => `${callId} ${localTag}`;

/** @param source where the INVITE came from: the way back when its Contact is a name and not an address */
export function formatBye(invite: SipRequest, localTag: string, local: Peer, source: Peer): ByeRequest {
  const branch = `z9hG4bK${randomId(16)}`;
  const target = contactOf(invite) ?? invite.from;
  const routes = headerValues(invite.headers, 'record-route').flatMap((value) => splitOutsideQuotes(value, ','));
  const [from = '', to = ''] = [headerValues(invite.headers, 'from')[0], headerValues(invite.headers, 'to')[0]];
  const headers = [
    `Via: SIP/2.0/UDP ${local.address}:${local.port};branch=${branch}`,
    'Max-Forwards: 70',
    ...routes.map((route) => `Route: ${route}`),
    `From: ${to};tag=${localTag}`,
    `To: ${from}`,
    `Call-ID: ${invite.callId}`,
    'CSeq: 1 BYE',
  ];
  const nextHop = routes[0] === undefined ? target : parseNameAddress(routes[0]);
  return { branch, datagram: formatRequest(`BYE ${target.uriText} SIP/2.0`, headers), to: peerOf(nextHop, source) };
}

function contactOf(invite: SipRequest) {
  const contact = headerValues(invite.headers, 'contact')[0];
  return contact === undefined || contact === '*' ? undefined : parseNameAddress(contact);
}
