/** The texts of the requests a caller sends (RFC 3261). */
import { formatRequest, headerValues, type Peer, type SipResponse } from '../line/message.ts';
import { randomId } from '../line/random-id.ts';
import { describeAudio } from '../line/sdp.ts';

export interface Caller {
  readonly target: Peer;
  readonly called: string;
  readonly caller: string;
  readonly sip: Peer;
  readonly rtpPort: number;
  readonly headers: readonly string[];
}

export interface Outgoing {
  readonly callId: string;
  readonly invite: Buffer;
  readonly cancel: Buffer;
  /** For a refusal it shares the branch of the INVITE, for a 200 it is a transaction of its own. */
  ack(answer: SipResponse): Buffer;
  bye(answer: SipResponse): Buffer;
  notify(answer: SipResponse, headers: readonly string[], body: string): { branch: string; datagram: Buffer };
}

/** What may stand in a user part as it is; everything else is escaped. */
const needsEscape = /[^\w\-.!~*'()&=+$,;?/]/gu;
export const sipUser = (number: string): string => number.replace(needsEscape, (char) => encodeURIComponent(char));

export function outgoingCall(caller: Caller): Outgoing {
  const { target, sip } = caller;
  const callId = `${randomId(20)}@${sip.address}`;
  const inviteBranch = `z9hG4bK${randomId(16)}`;
  const uri = `sip:${sipUser(caller.called)}@${target.address}:${target.port}`;
  const from = `From: <sip:${sipUser(caller.caller)}@${sip.address}:${sip.port}>;tag=${randomId(10)}`;
  const common = (branch: string, to: string, cseq: string): string[] => [
    `Via: SIP/2.0/UDP ${sip.address}:${sip.port};branch=${branch};rport`,
    'Max-Forwards: 70',
    from,
    to,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq}`,
  ];
  const to = `To: <${uri}>`;
  const toOf = (answer: SipResponse): string => `To: ${headerValues(answer.headers, 'to')[0] ?? `<${uri}>`}`;
  const offer = { codec: 'PCMU', payloadType: 0, eventPayloadType: 101 } as const;
  const description = describeAudio({ address: sip.address, port: caller.rtpPort }, offer, 1);
  const inviteHeaders = [
    ...common(inviteBranch, to, '1 INVITE'),
    `Contact: <sip:${sipUser(caller.caller)}@${sip.address}:${sip.port}>`,
    ...caller.headers,
    'Content-Type: application/sdp',
  ];
  let sequence = 1;
  const inDialog = (method: string, answer: SipResponse, branch: string): string[] => {
    sequence += 1;
    return common(branch, toOf(answer), `${sequence} ${method}`);
  };
  return {
    callId,
    invite: formatRequest(`INVITE ${uri} SIP/2.0`, inviteHeaders, description),
    cancel: formatRequest(`CANCEL ${uri} SIP/2.0`, common(inviteBranch, to, '1 CANCEL')),
    ack: (answer) => {
      const branch = answer.status < 300 ? `z9hG4bK${randomId(16)}` : inviteBranch;
      return formatRequest(`ACK ${uri} SIP/2.0`, common(branch, toOf(answer), '1 ACK'));
    },
    bye: (answer) => formatRequest(`BYE ${uri} SIP/2.0`, inDialog('BYE', answer, `z9hG4bK${randomId(16)}`)),
    notify: (answer, headers, body) => {
      const branch = `z9hG4bK${randomId(16)}`;
      const lines = [...inDialog('NOTIFY', answer, branch), ...headers];
      return { branch, datagram: formatRequest(`NOTIFY ${uri} SIP/2.0`, lines, body) };
    },
  };
}
