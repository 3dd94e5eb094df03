/**
 * What a caller dialled, as the exchange delivered it: our own dial plan comes first (extensions, national digits), because
 * libphonenumber calls an extension "not a number" and guesses a country for national digits.
 *
 * The text comes from strangers: it is bounded, and only digits with an optional leading plus survive.
 */
export type DialledNumber = string & { readonly __brand: 'DialledNumber' };

export type DialledParse =
  | { readonly kind: 'extension' | 'e164' | 'national'; readonly number: DialledNumber }
  | { readonly kind: 'malformed'; readonly problem: string };

const maxTextLength = 64;
/** Visual separators of RFC 3966 and spaces; everything else in the text makes it malformed. */
const separators = /[\s().-]/g;

/**
 * Reads the To user of an INVITE. `+`, or the international prefix `00`, makes E.164 of 7 to 15 digits; 2 to 6 bare digits
 * are an extension; 7 to 15 bare digits are kept as the exchange wrote them (national format).
 */
export function parseDialled(text: string): DialledParse {
  if (text.length === 0) return { kind: 'malformed', problem: 'nothing was dialled' };
  if (text.length > maxTextLength)
    return { kind: 'malformed', problem: `${text.length} characters, at most ${maxTextLength}` };
  const compact = text.replace(separators, '');
  const international = compact.startsWith('00') && compact.length > 8 ? `+${compact.slice(2)}` : compact;
  if (/^\+[1-9][0-9]{6,14}$/.test(international)) return { kind: 'e164', number: international as DialledNumber };
  if (/^[0-9]{2,6}$/.test(compact)) return { kind: 'extension', number: compact as DialledNumber };
  if (/^[0-9]{7,15}$/.test(compact)) return { kind: 'national', number: compact as DialledNumber };
  return { kind: 'malformed', problem: 'only digits with an optional leading + can be dialled' };
}
