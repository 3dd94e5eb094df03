/**
 * SIP addresses: `"name" <sip:user@host:port>;param=value`. Every scan moves forward over the text once, so that no input,
 * however long or crooked, costs more than its length.
 */

export interface SipUri {
  /** Unescaped; empty when the address names only a host. */
  readonly user: string;
  readonly host: string;
  readonly port: number | undefined;
}

export interface NameAddress {
  readonly uri: SipUri;
  /** The URI as it was written. */
  readonly uriText: string;
  readonly params: ReadonlyMap<string, string>;
}

/** A message that cannot be taken for what it says it is; the text names the place. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage';
}

const token = /^[\w\-.!%*+`'~]+$/;

export const isToken = (text: string): boolean => token.test(text);

/** A quoted string, a bracketed address, or one other character. Each alternative is decided by its first character. */
const piece = /"(?:[^"\\]|\\.)*"|<[^>]*>|[^"<]/sy;

/** Splits at a separator, but not inside quoted strings nor inside `<>`. */
export function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  piece.lastIndex = 0;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const found = piece.exec(text);
    if (found === null) throw new MalformedMessage('a quoted string or a < does not end');
    if (found[0] !== separator) continue;
    parts.push(text.slice(start, at).trim());
    start = piece.lastIndex;
  }
  parts.push(text.slice(start).trim());
  return parts;
}

/** `;tag=1;lr` as a map with lower-case names; a parameter without value has the empty string. */
export function parseParams(parts: readonly string[]): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = (equals === -1 ? part : part.slice(0, equals)).trim().toLowerCase();
    if (!isToken(name)) throw new MalformedMessage(`"${name}" is not a parameter name`);
    params.set(name, equals === -1 ? '' : part.slice(equals + 1).trim());
  }
  return params;
}

export function parseNameAddress(text: string): NameAddress {
  const [address = '', ...params] = splitOutsideQuotes(text, ';');
  const open = openingBracket(address);
  if (open === -1) return { uri: parseUri(address), uriText: address, params: parseParams(params) };
  const close = address.indexOf('>', open);
  if (close === -1 || address.slice(close + 1).trim() !== '') throw new MalformedMessage('an address has no closing >');
  const uriText = address.slice(open + 1, close).trim();
  return { uri: parseUri(uriText), uriText, params: parseParams(params) };
}

/** Where `<` stands behind the display name, which may itself contain one when it is quoted. */
function openingBracket(address: string): number {
  if (!address.startsWith('"')) return address.indexOf('<');
  let i = 1;
  while (i < address.length && address[i] !== '"') i += address[i] === '\\' ? 2 : 1;
  const open = address.indexOf('<', i);
  if (open === -1) throw new MalformedMessage('a display name without an address');
  return open;
}

export function parseUri(text: string): SipUri {
  const scheme = /^sips?:/i.exec(text);
  if (scheme === null) throw new MalformedMessage('not a sip: address');
  const rest = text.slice(scheme[0].length);
  const at = rest.indexOf('@');
  const userInfo = at === -1 ? '' : rest.slice(0, at);
  const hostPort = rest.slice(at + 1).split(/[;?]/, 1)[0] ?? '';
  const colon = hostPort.startsWith('[') ? hostPort.indexOf(':', hostPort.indexOf(']')) : hostPort.indexOf(':');
  const host = colon === -1 ? hostPort : hostPort.slice(0, colon);
  if (host === '') throw new MalformedMessage('an address without a host');
  return { user: unescapeUser(userInfo.split(':', 1)[0] ?? ''), host, port: parsePort(hostPort, colon) };
}

function parsePort(hostPort: string, colon: number): number | undefined {
  if (colon === -1) return undefined;
  const port = Number(hostPort.slice(colon + 1));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new MalformedMessage('an address with a bad port');
  return port;
}

/** A `%` that starts no escape stays as it is: the called number is matched as text and never run as anything. */
function unescapeUser(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch (error) {
    if (error instanceof URIError) return user;
    throw error;
  }
}
