/** Datagram → SIP message. Nothing that a datagram can hold makes this throw. */
import {
  isToken,
  MalformedMessage,
  type NameAddress,
  parseNameAddress,
  parseParams,
  splitOutsideQuotes,
} from './address.ts';
import { type Headers, headerValues, type SipMessage, type Via } from './message.ts';

export type Parsed =
  | { readonly kind: 'message'; readonly message: SipMessage }
  /** Answerable when `request` is there: header lines of something that is at least a request line with headers. */
  | { readonly kind: 'malformed'; readonly problem: string; readonly request: RawRequest | undefined }
  /** Blank lines, as some PBXs send to keep a NAT mapping open. */
  | { readonly kind: 'keep-alive' };

export interface RawRequest {
  readonly method: string;
  readonly headers: Headers;
  readonly isKnownVersion: boolean;
}

type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly uri: string; readonly isKnownVersion: boolean }
  | { readonly kind: 'response'; readonly status: number; readonly reason: string };

const compactNames: ReadonlyMap<string, string> = new Map([
  ['i', 'call-id'],
  ['m', 'contact'],
  ['e', 'content-encoding'],
  ['l', 'content-length'],
  ['c', 'content-type'],
  ['f', 'from'],
  ['s', 'subject'],
  ['k', 'supported'],
  ['t', 'to'],
  ['v', 'via'],
]);

const maxSequence = 2 ** 31;
const headEnd = Buffer.from('\r\n\r\n');

export function parseMessage(datagram: Buffer): Parsed {
  let request: RawRequest | undefined;
  try {
    const start = firstLineOffset(datagram);
    if (start === datagram.length) return { kind: 'keep-alive' };
    const end = datagram.indexOf(headEnd, start);
    if (end === -1) throw new MalformedMessage('no blank line behind the headers');
    const [first = '', ...lines] = unfold(datagram.toString('utf8', start, end));
    const startLine = parseStartLine(first);
    const headers = lines.map(parseHeaderLine);
    if (startLine.kind === 'request') request = { ...startLine, headers };
    return { kind: 'message', message: understand(startLine, headers, datagram.subarray(end + headEnd.length)) };
  } catch (error) {
    if (error instanceof MalformedMessage) return { kind: 'malformed', problem: error.message, request };
    throw error;
  }
}

function firstLineOffset(datagram: Buffer): number {
  let offset = 0;
  while (datagram[offset] === 13 || datagram[offset] === 10) offset += 1;
  return offset;
}

/** Lines that begin with white space go on with the line before them. */
function unfold(head: string): string[] {
  const lines: string[] = [];
  for (const line of head.split('\r\n')) {
    const previous = lines.length - 1;
    if (previous >= 1 && /^[ \t]/.test(line)) lines[previous] = `${lines[previous]} ${line.trim()}`;
    else lines.push(line);
  }
  return lines;
}

function parseStartLine(line: string): StartLine {
  const status = /^SIP\/2\.0 ([1-6]\d\d)(?: (.*))?$/.exec(line);
  if (status !== null) return { kind: 'response', status: Number(status[1]), reason: status[2] ?? '' };
  const [method = '', uri = '', version = '', ...more] = line.split(' ');
  const isRequest = more.length === 0 && isToken(method) && /^[^\s<>"]+$/.test(uri) && /^SIP\/\d+\.\d+$/.test(version);
  if (!isRequest) throw new MalformedMessage('neither a request line nor a status line');
  return { kind: 'request', method, uri, isKnownVersion: version === 'SIP/2.0' };
}

function parseHeaderLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trim().toLowerCase();
  if (!isToken(name)) throw new MalformedMessage('a header line without a name');
  return [compactNames.get(name) ?? name, line.slice(colon + 1).trim()];
}

function understand(start: StartLine, headers: Headers, rest: Buffer): SipMessage {
  if (start.kind === 'request' && !start.isKnownVersion) throw new MalformedMessage('a version other than SIP/2.0');
  const parts = {
    headers,
    vias: headerValues(headers, 'via').flatMap(parseVias),
    from: address(headers, 'from'),
    to: address(headers, 'to'),
    contact: addresses(headers, 'contact')[0],
    routes: addresses(headers, 'record-route'),
    callId: single(headers, 'call-id'),
    cseq: parseSequence(single(headers, 'cseq')),
    body: parseBody(headers, rest),
  };
  if (parts.vias.length === 0) throw new MalformedMessage('no Via');
  if (start.kind === 'response') return { ...start, ...parts };
  if (parts.cseq.method !== start.method) throw new MalformedMessage('CSeq names another method');
  return { kind: 'request', method: start.method, uri: start.uri, ...parts };
}

function single(headers: Headers, name: string): string {
  const values = headerValues(headers, name);
  if (values.length !== 1 || values[0] === undefined || values[0] === '') {
    throw new MalformedMessage(`${name} stands ${values.length} times, or empty`);
  }
  return values[0];
}

/** Lists are read here already, although only a BYE needs them: what they get wrong must not come out in mid-call. */
const addresses = (headers: Headers, name: 'contact' | 'record-route'): NameAddress[] =>
  headerValues(headers, name)
    .filter((value) => value !== '*')
    .flatMap((value) => splitOutsideQuotes(value, ',').map(parseNameAddress));

const address = (headers: Headers, name: 'from' | 'to'): NameAddress => parseNameAddress(single(headers, name));

function parseVias(value: string): Via[] {
  return splitOutsideQuotes(value, ',').map((via) => {
    const [sent = '', ...params] = splitOutsideQuotes(via, ';');
    const found = /^SIP *\/ *2\.0 *\/ *\w+ +([^ :]+)(?: *: *(\d{1,5}))?$/i.exec(sent.replace(/[ \t]+/g, ' '));
    if (found === null) throw new MalformedMessage('a Via without an address');
    return {
      host: found[1] ?? '',
      port: found[2] === undefined ? undefined : Number(found[2]),
      params: parseParams(params),
    };
  });
}

function parseSequence(value: string): { number: number; method: string } {
  const [number = '', method = '', ...more] = value.split(/[ \t]+/);
  if (!/^\d{1,10}$/.test(number) || Number(number) >= maxSequence || !isToken(method) || more.length > 0) {
    throw new MalformedMessage('a CSeq that is no number and method');
  }
  return { number: Number(number), method };
}

/** Over UDP the length may be missing; what stands behind the body is not part of the message (RFC 3261 §18.3). */
function parseBody(headers: Headers, rest: Buffer): string {
  const lengths = new Set(headerValues(headers, 'content-length'));
  if (lengths.size === 0) return rest.toString('utf8');
  const [length = ''] = lengths;
  if (lengths.size > 1 || !/^\d{1,6}$/.test(length) || Number(length) > rest.length) {
    throw new MalformedMessage('a Content-Length that does not fit the datagram');
  }
  return rest.toString('utf8', 0, Number(length));
}
