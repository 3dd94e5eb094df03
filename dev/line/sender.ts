/**
 * Sends one RTP packet every 20 ms for as long as it runs: audio when there is some, key presses before audio, else silence.
 *
 * The clock does not drift: packet n is due at start + n × 20 ms whatever the timers did before, and a late timer sends all
 * packets that are due. After a stall longer than `longestCatchUpMs` the missed slots are left out instead, and the RTP
 * timestamp jumps over them, because a burst would only fill the other side's jitter buffer.
 */
import { type KeyPress, pressPayloads } from './dtmf.ts';
import { encodeG711 } from './g711.ts';
import type { Peer } from './message.ts';
import { packetMs, packetSamples, type RtpSocket } from './rtp.ts';
import type { AudioTerms } from './sdp.ts';

const longestCatchUpMs = 200;

export interface SenderOptions {
  readonly socket: RtpSocket;
  readonly terms: AudioTerms;
  /** Asked once for every packet: 160 samples, or undefined for silence. */
  readonly nextSamples: () => Int16Array | undefined;
}

interface PressInProgress {
  readonly payloads: Uint8Array[];
  readonly timestamp: number;
}

export class RtpSender {
  readonly #options: SenderOptions;
  readonly #ssrc = Math.floor(Math.random() * 2 ** 32);
  readonly #startMs = performance.now();
  readonly #waitingKeys: KeyPress[] = [];
  #press: PressInProgress | undefined;
  #remote: Peer;
  #sequence = Math.floor(Math.random() * 2 ** 16);
  #slot = 0;
  #isFirst = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#remote = options.terms.remote;
    this.#tick();
  }

  redirect(remote: Peer): void {
    this.#remote = remote;
  }

  /** Queued behind presses that are still being sent; dropped when the other side did not offer telephone-event. */
  press(key: KeyPress): void {
    if (this.#options.terms.eventPayloadType !== undefined) this.#waitingKeys.push(key);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #tick = (): void => {
    const elapsedMs = performance.now() - this.#startMs;
    if (elapsedMs - this.#slot * packetMs > longestCatchUpMs) this.#slot = Math.floor(elapsedMs / packetMs);
    for (; this.#slot * packetMs <= elapsedMs; this.#slot += 1) this.#sendSlot();
    const nextMs = this.#startMs + this.#slot * packetMs - performance.now();
    // The slot may have come while the last one was sent, and Node 24 warns of timers before now.
    this.#timer = setTimeout(this.#tick, Math.max(0, nextMs));
  };

  #sendSlot(): void {
    const samples = this.#options.nextSamples() ?? new Int16Array(packetSamples);
    const now = this.#slot * packetSamples;
    if (this.#press === undefined || this.#press.payloads.length === 0) this.#press = this.#nextPress(now);
    const payload = this.#press?.payloads.shift();
    const { terms } = this.#options;
    if (payload !== undefined && this.#press !== undefined && terms.eventPayloadType !== undefined) {
      const isFirstOfPress = this.#press.timestamp === now;
      this.#send(terms.eventPayloadType, this.#press.timestamp, payload, isFirstOfPress);
      return;
    }
    this.#send(terms.payloadType, now, encodeG711(terms.codec, samples), this.#isFirst);
  }

  #nextPress(timestamp: number): PressInProgress | undefined {
    const key = this.#waitingKeys.shift();
    return key === undefined ? undefined : { payloads: pressPayloads(key), timestamp };
  }

  #send(payloadType: number, timestamp: number, payload: Uint8Array, marker: boolean): void {
    this.#isFirst = false;
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    this.#options.socket.send({ payloadType, marker, sequence, timestamp, ssrc: this.#ssrc, payload }, this.#remote);
  }
}
