/** The dialog of an answered INVITE (RFC 3261 §12), as far as the called side needs it: to send requests of its own in it. */
import { formatRequest, headerValues, type Peer, peerOf, type SipRequest } from './message.ts';
import { randomId } from './random-id.ts';

export interface DialogRequest {
  readonly branch: string;
  readonly datagram: Buffer;
  readonly to: Peer;
  /** Its number in the dialog. */
  readonly sequence: number;
}

/** Same Call-ID and both tags: one dialog. */
export const dialogKey = (callId: string, localTag: string): string => `${callId} ${localTag}`;

export interface DialogParties {
  readonly invite: SipRequest;
  readonly localTag: string;
  /** Our own address for Via. */
  readonly local: Peer;
  /** Where the INVITE came from: the way back when its Contact is a name and not an address. */
  readonly source: Peer;
}

export class Dialog {
  readonly #parties: DialogParties;
  #nextSequence: number;

  constructor(parties: DialogParties) {
    this.#parties = parties;
    // Any number would do; LiveKit SIP counts on from the caller's.
    this.#nextSequence = parties.invite.cseq.number + 1;
  }

  request(method: 'BYE' | 'REFER', further: readonly string[] = []): DialogRequest {
    const { invite, localTag, local, source } = this.#parties;
    const branch = `z9hG4bK${randomId(16)}`;
    const sequence = this.#nextSequence;
    this.#nextSequence += 1;
    const target = invite.contact ?? invite.from;
    const [from = '', to = ''] = [headerValues(invite.headers, 'from')[0], headerValues(invite.headers, 'to')[0]];
    const headers = [
      `Via: SIP/2.0/UDP ${local.address}:${local.port};branch=${branch}`,
      'Max-Forwards: 70',
      ...invite.routes.map(({ uriText }) => `Route: <${uriText}>`),
      `From: ${to};tag=${localTag}`,
      `To: ${from}`,
      `Call-ID: ${invite.callId}`,
      `CSeq: ${sequence} ${method}`,
      ...further,
    ];
    const datagram = formatRequest(`${method} ${target.uriText} SIP/2.0`, headers);
    return { branch, datagram, to: peerOf(invite.routes[0] ?? target, source), sequence };
  }
}
