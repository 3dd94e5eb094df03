/** RTP packets (RFC 3550) and the UDP port they travel through. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Peer } from './message.ts';

/** Samples of 20 ms at 8 kHz: what one packet carries. */
export const packetSamples = 160;
export const packetMs = 20;
export const sampleRate = 8000;

export interface RtpPacket {
  readonly payloadType: number;
  readonly marker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Uint8Array;
}

const headerBytes = 12;

/** Undefined for whatever is not RTP version 2 or contradicts its own length. */
export function parseRtp(datagram: Buffer): RtpPacket | undefined {
  if (datagram.length < headerBytes || (datagram[0] ?? 0) >> 6 !== 2) return undefined;
  const flags = datagram.readUInt8(0);
  let start = headerBytes + (flags & 0x0f) * 4;
  if (flags & 0x10) {
    if (datagram.length < start + 4) return undefined;
    start += 4 + datagram.readUInt16BE(start + 2) * 4;
  }
  const padding = flags & 0x20 ? datagram.readUInt8(datagram.length - 1) : 0;
  const end = datagram.length - padding;
  if (start > end) return undefined;
  const second = datagram.readUInt8(1);
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: datagram.readUInt16BE(2),
    timestamp: datagram.readUInt32BE(4),
    ssrc: datagram.readUInt32BE(8),
    payload: datagram.subarray(start, end),
  };
}

export function formatRtp(packet: RtpPacket): Buffer {
  const datagram = Buffer.alloc(headerBytes + packet.payload.length);
  datagram.writeUInt8(0x80, 0);
  datagram.writeUInt8((packet.marker ? 0x80 : 0) | packet.payloadType, 1);
  datagram.writeUInt16BE(packet.sequence & 0xffff, 2);
  datagram.writeUInt32BE(packet.timestamp >>> 0, 4);
  datagram.writeUInt32BE(packet.ssrc >>> 0, 8);
  datagram.set(packet.payload, headerBytes);
  return datagram;
}

/** True when `sequence` comes after `last`, around the end of 16 bits too. */
export function isNewer(sequence: number, last: number): boolean {
  const ahead = (sequence - last) & 0xffff;
  return ahead !== 0 && ahead < 0x8000;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface RtpSocket {
  readonly port: number;
  onPacket(listener: (packet: RtpPacket) => void): void;
  send(packet: RtpPacket, to: Peer): void;
  close(): Promise<void>;
}

/**
 * Binds an even port of the range, beginning at a random one, as LiveKit SIP does (odd ports are RTCP's by custom).
 * @returns undefined when every port is taken
 */
export async function openRtpSocket(address: string, range: PortRange): Promise<RtpSocket | undefined> {
  const first = range.first + (range.first % 2);
  const count = Math.floor((range.last - first) / 2) + 1;
  const offset = Math.floor(Math.random() * count);
  for (let i = 0; i < count; i += 1) {
    const port = first + ((offset + i) % count) * 2;
    const socket = await bind(address, port);
    if (socket !== undefined) return wrap(socket, port);
  }
  return undefined;
}

async function bind(address: string, port: number): Promise<Socket | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.bind(port, address);
    await once(socket, 'listening');
    return socket;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}

function wrap(socket: Socket, port: number): RtpSocket {
  let isOpen = true;
  // A caller that closed its port answers with ICMP "unreachable"; that is what the media timeout is for.
  socket.on('error', () => undefined);
  return {
    port,
    onPacket: (listener) => {
      socket.on('message', (datagram) => {
        const packet = parseRtp(datagram);
        if (packet !== undefined) listener(packet);
      });
    },
    send: (packet, to) => {
      if (isOpen && to.port > 0) socket.send(formatRtp(packet), to.port, to.address, () => undefined);
    },
    close: async () => {
      if (!isOpen) return;
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}
