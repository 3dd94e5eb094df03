/** Offer and answer (RFC 3264) as far as a telephone needs them: one audio stream of G.711, with or without key presses. */
import type { G711 } from './g711.ts';
import type { Peer } from './message.ts';

export interface AudioTerms {
  readonly codec: G711;
  readonly payloadType: number;
  /** Payload type of telephone-event (RFC 4733), when the caller offers it. */
  readonly eventPayloadType: number | undefined;
  /** Where our RTP goes. */
  readonly remote: Peer;
}

export type Negotiation =
  | { readonly kind: 'agreed'; readonly terms: AudioTerms }
  | { readonly kind: 'refused'; readonly problem: string };

const staticTypes: ReadonlyMap<number, string> = new Map([
  [0, 'PCMU/8000'],
  [8, 'PCMA/8000'],
]);

export function negotiate(offer: string): Negotiation {
  const lines = offer.split(/\r?\n/);
  const audio = audioSection(lines);
  if (audio === undefined) return { kind: 'refused', problem: 'no audio stream is offered' };
  const address = connectionAddress(audio.lines) ?? connectionAddress(audio.sessionLines);
  if (address === undefined) return { kind: 'refused', problem: 'the offer has no IPv4 address' };
  const formats = offeredFormats(audio.formats, audio.lines);
  const chosen = formats.find(({ encoding }) => /^PCM[UA]\/8000/i.test(encoding));
  if (chosen === undefined) return { kind: 'refused', problem: 'no common codec' };
  const events = formats.find(({ encoding }) => /^telephone-event\/8000/i.test(encoding));
  const codec = chosen.encoding.slice(0, 4).toUpperCase() === 'PCMU' ? 'PCMU' : 'PCMA';
  return {
    kind: 'agreed',
    terms: {
      codec,
      payloadType: chosen.payloadType,
      eventPayloadType: events?.payloadType,
      remote: { address, port: audio.port },
    },
  };
}

interface AudioSection {
  readonly port: number;
  readonly formats: readonly number[];
  readonly lines: readonly string[];
  readonly sessionLines: readonly string[];
}

function audioSection(lines: readonly string[]): AudioSection | undefined {
  const start = lines.findIndex((line) => line.startsWith('m=audio '));
  const found = /^m=audio (\d{1,5})(?:\/\d+)? RTP\/AVP ([\d ]+)$/.exec(lines[start]?.trim() ?? '');
  if (found === null || Number(found[1]) > 65_535) return undefined;
  const next = lines.findIndex((line, index) => index > start && line.startsWith('m='));
  const firstMedia = lines.findIndex((line) => line.startsWith('m='));
  return {
    port: Number(found[1]),
    formats: (found[2] ?? '').trim().split(/ +/).map(Number),
    lines: lines.slice(start + 1, next === -1 ? undefined : next),
    sessionLines: lines.slice(0, firstMedia),
  };
}

function connectionAddress(lines: readonly string[]): string | undefined {
  const line = lines.find((candidate) => candidate.startsWith('c=IN IP4 '));
  const address = line?.slice('c=IN IP4 '.length).split('/', 1)[0]?.trim();
  return address !== undefined && /^\d{1,3}(\.\d{1,3}){3}$/.test(address) ? address : undefined;
}

/** LiveKit SIP also takes formats that stand only in an rtpmap line as offered; so do we, behind those of the m= line. */
function offeredFormats(
  listed: readonly number[],
  lines: readonly string[],
): { payloadType: number; encoding: string }[] {
  const maps = new Map(staticTypes);
  for (const line of lines) {
    const map = /^a=rtpmap:(\d{1,3}) (\S+)/.exec(line);
    if (map !== null) maps.set(Number(map[1]), map[2] ?? '');
  }
  const unlisted = lines.flatMap((line) => {
    const map = /^a=rtpmap:(\d{1,3}) /.exec(line);
    return map === null || listed.includes(Number(map[1])) ? [] : [Number(map[1])];
  });
  return [...listed, ...unlisted].map((payloadType) => ({ payloadType, encoding: maps.get(payloadType) ?? '' }));
}

/** What we say to an offer, and what the built-in caller offers: the same one audio stream. */
export function describeAudio(local: Peer, terms: Omit<AudioTerms, 'remote'>, sessionId: number): string {
  const events = terms.eventPayloadType;
  const formats = events === undefined ? `${terms.payloadType}` : `${terms.payloadType} ${events}`;
  return [
    'v=0',
    `o=- ${sessionId} ${sessionId} IN IP4 ${local.address}`,
    's=Switchboard',
    `c=IN IP4 ${local.address}`,
    't=0 0',
    `m=audio ${local.port} RTP/AVP ${formats}`,
    `a=rtpmap:${terms.payloadType} ${terms.codec}/8000`,
    ...(events === undefined ? [] : [`a=rtpmap:${events} telephone-event/8000`, `a=fmtp:${events} 0-16`]),
    'a=ptime:20',
    'a=sendrecv',
    '',
  ].join('\r\n');
}
