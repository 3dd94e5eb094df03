/**
 * Where a caller may be put through to. The text stands in a tenant's configuration and ends up in the Refer-To header of a
 * REFER, so nothing passes that could become a second header, a second message, or an order to the exchange (`?Replaces=…`
 * and `;method=…` are such orders).
 */
export type DestinationUri = string & { readonly __brand: 'DestinationUri' };

export type DestinationKind = 'sip' | 'sips' | 'tel';

export type DestinationParse =
  | { readonly kind: DestinationKind; readonly uri: DestinationUri }
  | { readonly kind: 'malformed'; readonly problem: string };

export const longestDestinationUri = 255;

/** Digits, letters and the marks of RFC 3261 `user`; escapes only of printable ASCII, since `%0D%0A` is a line break to some. */
const user = /^(?:[\w\-.!~*'()&=+$/]|%[2-6][0-9a-f]|%7[0-9a-e]){1,128}$/i;
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;
const ipv6 = /^\[[0-9a-f:.]{2,45}\]$/i;
const parameter = /^(?:transport=(?:udp|tcp|tls)|user=phone)$/i;
/** Visual separators of RFC 3966. */
const separators = /[ ().-]/g;

const malformed = (problem: string): DestinationParse => ({ kind: 'malformed', problem });

/**
 * Reads `sip:user@host[:port]`, `sips:…`, `tel:+390612345678`, `tel:2001`, or a bare number in E.164, which becomes `tel:`.
 * What it returns is written as LiveKit wants it: the scheme in lower case, a number without separators.
 */
export function parseDestinationUri(text: string): DestinationParse {
  if (text.length > longestDestinationUri)
    return malformed(`${text.length} characters, at most ${longestDestinationUri}`);
  const [, scheme, rest] = /^(sips?|tel):(.*)$/is.exec(text) ?? [];
  if (scheme !== undefined && rest !== undefined) {
    const kind = scheme.toLowerCase() as DestinationKind;
    return kind === 'tel' ? parseTel(rest) : parseSip(kind, rest);
  }
  if (text.startsWith('+')) return parseTel(text);
  return malformed('a destination is sip:user@host, sips:user@host, tel:number, or a number with + and country code');
}

/** LiveKit writes `tel:` into the header without `<>`, where a parameter would become one of the header's. */
function parseTel(text: string): DestinationParse {
  const number = text.replace(separators, '');
  if (/^\+[1-9][0-9]{6,14}$/.test(number) || /^[0-9*#]{2,15}$/.test(number))
    return { kind: 'tel', uri: `tel:${number}` as DestinationUri };
  return malformed('a tel: number is + and 7 to 15 digits, or 2 to 15 of 0-9 * #, without parameters');
}

function parseSip(kind: 'sip' | 'sips', text: string): DestinationParse {
  const [address = '', ...parameters] = text.split(';');
  const at = address.indexOf('@');
  if (at === -1) return malformed(`a ${kind}: address is ${kind}:user@host`);
  if (!user.test(address.slice(0, at))) return malformed(`the part before @ has a character that no ${kind}: user has`);
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]{1,5}))?$/.exec(address.slice(at + 1)) ?? [];
  if (!hostName.test(host) && !ipv6.test(host)) return malformed('the part behind @ is no host name or IP address');
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return malformed(`${port} is no port`);
  const unknown = parameters.find((candidate) => !parameter.test(candidate));
  if (unknown !== undefined)
    return malformed('of parameters, only transport=udp, tcp or tls and user=phone may follow the address');
  return { kind, uri: `${kind}:${text}` as DestinationUri };
}
