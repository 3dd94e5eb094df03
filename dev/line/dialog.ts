/** The dialog of an answered INVITE (RFC 3261 §12), as far as the called side needs it: to say BYE the right way. */
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
  const target = invite.contact ?? invite.from;
  const [from = '', to = ''] = [headerValues(invite.headers, 'from')[0], headerValues(invite.headers, 'to')[0]];
  const headers = [
    `Via: SIP/2.0/UDP ${local.address}:${local.port};branch=${branch}`,
    'Max-Forwards: 70',
    ...invite.routes.map(({ uriText }) => `Route: <${uriText}>`),
    `From: ${to};tag=${localTag}`,
    `To: ${from}`,
    `Call-ID: ${invite.callId}`,
    'CSeq: 1 BYE',
  ];
  const nextHop = invite.routes[0] ?? target;
  return { branch, datagram: formatRequest(`BYE ${target.uriText} SIP/2.0`, headers), to: peerOf(nextHop, source) };
}
