/** Key presses in RTP (RFC 4733): the telephone-event payload, received and sent. */
import { packetSamples } from './rtp.ts';

const keys = '0123456789*#ABCD';

export interface KeyPress {
  /** Event code of RFC 4733: 0-9 the digits, 10 `*`, 11 `#`, 12-15 `A`-`D`. */
  readonly code: number;
  readonly key: string;
}

export function keyPress(key: string): KeyPress | undefined {
  const code = key.length === 1 ? keys.indexOf(key.toUpperCase()) : -1;
  return code === -1 ? undefined : { code, key: key.toUpperCase() };
}

export function keyOfCode(code: number): KeyPress | undefined {
  const key = keys[code];
  return key === undefined ? undefined : { code, key };
}

/** Tells the presses in a stream of event packets: all packets of one press share a timestamp, and any of them may be lost. */
export class KeyPressReader {
  #lastTimestamp: number | undefined;

  read(timestamp: number, payload: Uint8Array): KeyPress | undefined {
    const code = payload[0];
    if (payload.length < 4 || code === undefined || timestamp === this.#lastTimestamp) return undefined;
    this.#lastTimestamp = timestamp;
    return keyOfCode(code);
  }
}

const pressPackets = 8;
/** The last packet is sent three times, as RFC 4733 §2.5.1.4 advises against loss. */
const endPackets = 3;
const volume = 10;

/** The payloads of one press of 160 ms, one for each 20 ms slot, in order. */
export function pressPayloads({ code }: KeyPress): Uint8Array[] {
  const payload = (step: number, ended: boolean): Uint8Array => {
    const duration = Math.min(step, pressPackets) * packetSamples;
    return Uint8Array.of(code, (ended ? 0x80 : 0) | volume, duration >> 8, duration & 0xff);
  };
  const held = Array.from({ length: pressPackets - 1 }, (_, i) => payload(i + 1, false));
  const ended = Array.from({ length: endPackets }, () => payload(pressPackets, true));
  return [...held, ...ended];
}
