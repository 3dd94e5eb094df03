/**
 * SIP messages as values, and their text on the wire (RFC 3261 §7).
 *
 * Own parser and writer, about 250 lines: of the packages tried, none stood the torture messages of RFC 4475
 * (docs/decisions/sip-parser.md).
 */
import { isIPv4 } from 'node:net';
import type { NameAddress } from './address.ts';

/** Header lines in order; names in lower case and in their long form. */
export type Headers = readonly (readonly [name: string, value: string])[];

export interface Via {
  readonly host: string;
  readonly port: number | undefined;
  readonly params: ReadonlyMap<string, string>;
}

interface MessageParts {
  readonly headers: Headers;
  readonly vias: readonly Via[];
  readonly from: NameAddress;
  readonly to: NameAddress;
  /** Where the sender wants to be reached within the dialog. */
  readonly contact: NameAddress | undefined;
  /** Proxies that want to stay on the path (Record-Route), the nearest to us first. */
  readonly routes: readonly NameAddress[];
  readonly callId: string;
  readonly cseq: { readonly number: number; readonly method: string };
  readonly body: string;
}

export interface SipRequest extends MessageParts {
  readonly kind: 'request';
  readonly method: string;
  readonly uri: string;
}

export interface SipResponse extends MessageParts {
  readonly kind: 'response';
  readonly status: number;
  readonly reason: string;
}

export type SipMessage = SipRequest | SipResponse;

export interface Answer {
  readonly status: number;
  readonly reason: string;
  /** Further lines, `Name: value`. */
  readonly headers?: readonly string[];
  readonly body?: string;
}

/** Where a datagram came from or goes to. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

const echoed: Readonly<Record<string, string>> = {
  via: 'Via',
  'record-route': 'Record-Route',
  from: 'From',
  to: 'To',
  'call-id': 'Call-ID',
  cseq: 'CSeq',
};

/**
 * An answer to a request, as bytes. It needs the header lines only, so that a malformed request can be answered too.
 * `localTag` is added to To unless the request has a tag there already (RFC 3261 §8.2.6.2).
 */
export function formatAnswer(request: Headers, peer: Peer, answer: Answer, localTag: string): Buffer {
  const lines = [`SIP/2.0 ${answer.status} ${answer.reason}`];
  let isTopVia = true;
  for (const [name, value] of request) {
    const written = echoed[name];
    if (written === undefined) continue;
    if (name === 'via') {
      lines.push(`Via: ${isTopVia ? received(value, peer) : value}`);
      isTopVia = false;
    } else if (name === 'to' && answer.status > 100 && !/;\s*tag\s*=/i.test(value)) {
      lines.push(`To: ${value};tag=${localTag}`);
    } else lines.push(`${written}: ${value}`);
  }
  return finish(lines, answer.headers ?? [], answer.body ?? '');
}

/** RFC 3581: the sender learns the address and port it was seen from. */
function received(via: string, peer: Peer): string {
  const withPort = via.replace(/;\s*rport\s*(?=[;,]|$)/i, `;rport=${peer.port}`);
  return `${withPort};received=${peer.address}`;
}

export function formatRequest(startLine: string, headers: readonly string[], body = ''): Buffer {
  return finish([startLine], headers, body);
}

function finish(lines: string[], headers: readonly string[], body: string): Buffer {
  const text = [...lines, ...headers, `Content-Length: ${Buffer.byteLength(body)}`, '', body].join('\r\n');
  return Buffer.from(text, 'utf8');
}

export function headerValues(headers: Headers, name: string): string[] {
  return headers.filter(([candidate]) => candidate === name).map(([, value]) => value);
}

/**
 * Where answers to a request go (RFC 3261 §18.2.2, RFC 3581): back to the port it came from when `rport` asks for it, else
 * to the port in the top Via, always at the address it came from.
 */
export function answerPeer(request: SipRequest, source: Peer): Peer {
  const [top] = request.vias;
  if (top === undefined || top.params.has('rport')) return source;
  return { address: source.address, port: top.port ?? 5060 };
}

/** An address in a Contact or Route is followed when it is an IPv4 literal; names would need DNS, which local runs avoid. */
export function peerOf(target: NameAddress, fallback: Peer): Peer {
  return isIPv4(target.uri.host) ? { address: target.uri.host, port: target.uri.port ?? 5060 } : fallback;
}
