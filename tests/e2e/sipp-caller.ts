/** SIPp as a caller with a voice: the test cues it, and hears what the agent says to it. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { encodeG711 } from '../../dev/line/g711.ts';
import { randomId } from '../../dev/line/random-id.ts';
import { openRtpSocket } from '../../dev/line/rtp.ts';
import { Ear } from '../../dev/phone/ear.ts';
import { type Sentence, spoken, telephoneRate } from '../../dev/phone/hearing.ts';
import { freePort } from '../../dev/stack/ports.ts';
import type { Stack } from '../../dev/stack/stack.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { scenarioOf, sipp } from '../support/sipp.ts';

const earPorts = { first: 19_100, last: 19_900 };
const agentDeadlineMs = 30_000;
/** So long without sound, and the agent has finished. */
const pauseMs = 1_200;
/** RTP that goes on after the words, until the caller hangs up. */
const quietAfterS = 20;

/** Where the sound of a SIPp call comes back to. */
export async function openEar() {
  const socket = await openRtpSocket('127.0.0.1', earPorts);
  if (socket === undefined) throw new Error('no port is free for the sound of the agent');
  const startMs = performance.now();
  const nowMs = () => performance.now() - startMs;
  const ear = new Ear(nowMs);
  socket.onPacket((packet) => {
    if (packet.payloadType === 0) ear.hear('PCMU', packet);
  });
  return {
    port: socket.port,
    nowMs,
    recording: () => ear.recording().samples,
    /** Until the agent has said something after that moment and is quiet again. */
    untilQuiet: (afterMs: number) =>
      waitFor(() => (ear.lastSoundMs ?? 0) > afterMs && nowMs() - (ear.lastSoundMs ?? 0) >= pauseMs, {
        what: 'the end of what the agent says',
        deadlineMs: agentDeadlineMs,
      }),
    [Symbol.asyncDispose]: () => socket.close(),
  };
}

/** What SIPp streams: raw PCMU, the words and then silence. */
export async function voiceFile(sentence: Sentence): Promise<Uint8Array> {
  const words = await spoken(sentence);
  const samples = new Int16Array(words.length + quietAfterS * telephoneRate);
  samples.set(words);
  return encodeG711('PCMU', samples);
}

export interface SippCall {
  readonly callId: string;
  /** Settles when the scenario went as written; rejects with SIPp's own words. */
  readonly done: Promise<void>;
  /** Lets the scenario go on behind its next `recv request="MESSAGE"`. */
  cue(): Promise<void>;
}

export async function startSipp(
  sip: Stack['sip'],
  scenario: string,
  more: { readonly caller?: string; readonly heard?: number; readonly files?: Record<string, Uint8Array> } = {},
): Promise<SippCall> {
  const callId = `${randomId(20)}@sipp`;
  const sourcePort = await freePort();
  const { heard, ...rest } = more;
  const keys = heard === undefined ? {} : { heard: String(heard) };
  const done = sipp({
    scenario: scenarioOf('e2e', scenario),
    sipPort: sip.port,
    callId,
    sourcePort,
    keys,
    ...rest,
  });
  // Whoever awaits it later still gets the rejection; a test that fails before must not end the run with it.
  done.catch(() => undefined);
  return { callId, done, cue: () => sendCue(callId, sourcePort) };
}

/** SIPp finds the call by its Call-ID. The To has no tag: with one, SIPp would take it for the line's. */
async function sendCue(callId: string, port: number): Promise<void> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port: from } = socket.address();
  const lines = [
    `MESSAGE sip:caller@127.0.0.1:${port} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${from};branch=z9hG4bK${randomId(12)}`,
    'From: <sip:cue@127.0.0.1>;tag=cue',
    `To: <sip:caller@127.0.0.1:${port}>`,
    `Call-ID: ${callId}`,
    `CSeq: ${Date.now() % 1_000_000} MESSAGE`,
    'Max-Forwards: 70',
    'Content-Length: 0',
  ];
  await new Promise<void>((resolve) =>
    socket.send(`${lines.join('\r\n')}\r\n\r\n`, port, '127.0.0.1', () => resolve()),
  );
  socket.close();
}
