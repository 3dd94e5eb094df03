/** One call as a telephone makes it: INVITE, ringing, sound both ways, and whoever hangs up first. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type KeyPress, KeyPressReader, keyPress } from '../line/dtmf.ts';
import type { Peer, SipRequest, SipResponse } from '../line/message.ts';
import { parseMessage } from '../line/parse.ts';
import { openRtpSocket, packetSamples, type RtpPacket, type RtpSocket } from '../line/rtp.ts';
import { type AudioTerms, negotiate } from '../line/sdp.ts';
import { RtpSender } from '../line/sender.ts';
import { Transactions } from '../line/transaction.ts';
import { Ear } from './ear.ts';
import { type Behave, Exchange, type ExchangeLine, type Refer } from './exchange.ts';
import { type Outgoing, outgoingCall } from './invite.ts';

export interface Dial {
  /** The line, or any SIP server. */
  readonly target: Peer;
  readonly called: string;
  readonly caller: string;
  /** Further header lines of the INVITE. */
  readonly headers?: readonly string[];
  /** What its exchange does when it is asked to call somebody else; by default the call is connected. */
  readonly onRefer?: Behave;
}

export type EndedBy = 'caller' | 'called' | 'refused' | 'nobody answered';

const address = '127.0.0.1';
const rtpPorts = { first: 12_100, last: 19_000 };
const repeatMs = 500;
const longestRepeats = 7;

/** Sends the INVITE and returns at once; what follows is told by the promises of the call. */
export async function dial(to: Dial): Promise<PhoneCall> {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const rtp = await openRtpSocket(address, rtpPorts);
  if (rtp === undefined) {
    socket.close();
    throw new Error(`no RTP port is free from ${rtpPorts.first} to ${rtpPorts.last}`);
  }
  return new PhoneCall(to, socket, rtp);
}

export class PhoneCall {
  readonly callId: string;
  /** Settles with the final answer to the INVITE. */
  readonly answered: Promise<SipResponse>;
  readonly ended: Promise<EndedBy>;
  readonly ear: Ear;
  /** Keys the other side pressed. */
  readonly keysHeard: string[] = [];
  ringingMs: number | undefined;
  answeredMs: number | undefined;
  readonly #target: Peer;
  readonly #socket: Socket;
  readonly #rtp: RtpSocket;
  readonly #outgoing: Outgoing;
  readonly #transactions: Transactions;
  readonly #exchange: Exchange;
  readonly #keys = new KeyPressReader();
  readonly #startMs = performance.now();
  #voice: Int16Array = new Int16Array(0);
  #settleAnswer: (response: SipResponse) => void = () => undefined;
  #settleEnd: (by: EndedBy) => void = () => undefined;
  #hasEnded = false;
  #closing: Promise<void> | undefined;
  #final: SipResponse | undefined;
  #sender: RtpSender | undefined;
  #repeats: NodeJS.Timeout[] = [];

  constructor({ target, called, caller, headers = [], onRefer }: Dial, socket: Socket, rtp: RtpSocket) {
    this.#target = target;
    this.#socket = socket;
    this.#rtp = rtp;
    const sip = { address, port: socket.address().port };
    this.#outgoing = outgoingCall({ target, called, caller, sip, rtpPort: rtp.port, headers });
    this.callId = this.#outgoing.callId;
    this.#transactions = new Transactions((datagram, to) => socket.send(datagram, to.port, to.address));
    this.#exchange = new Exchange(this.#exchangeLine(), onRefer);
    this.ear = new Ear(() => this.sinceInviteMs());
    this.answered = new Promise((resolve) => {
      this.#settleAnswer = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#settleEnd = resolve;
    });
    socket.on('message', (datagram, source) => this.#receive(datagram, source));
    this.#sendUntilAnswered(this.#outgoing.invite);
  }

  sinceInviteMs(): number {
    return performance.now() - this.#startMs;
  }

  /** Speaks when what was said before is over. @param samples 8 kHz mono */
  say(samples: Int16Array): void {
    const joined = new Int16Array(this.#voice.length + samples.length);
    joined.set(this.#voice);
    joined.set(samples, this.#voice.length);
    this.#voice = joined;
  }

  /** Whom the other side wanted this caller put through to. */
  get refers(): readonly Refer[] {
    return this.#exchange.refers;
  }

  get isSpeaking(): boolean {
    return this.#voice.length > 0;
  }

  press(key: string): void {
    const press = keyPress(key);
    if (press === undefined) throw new Error(`"${key}" is not a key of a telephone`);
    this.#sender?.press(press);
  }

  /** Gives up while it rings. */
  cancel(): void {
    if (this.#final === undefined && !this.#hasEnded) this.#send(this.#outgoing.cancel);
  }

  hangUp(): void {
    if (this.#hasEnded || this.#final === undefined || this.#final.status >= 300) return;
    this.#sendUntilAnswered(this.#outgoing.bye(this.#final));
    this.#end('caller');
  }

  /** Sends no sound from now on, and stays in the call: what a cut cable between the exchange and its media looks like. */
  fallSilent(): void {
    this.#sender?.stop();
  }

  /** Vanishes as a dead exchange does: no BYE, no answers, no sound. Also what releases the ports after a call; safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#vanish();
    return this.#closing;
  }

  async #vanish(): Promise<void> {
    this.#stopRepeating();
    this.#sender?.stop();
    this.#end('nobody answered');
    this.#socket.removeAllListeners('message');
    this.#transactions.close();
    await this.#rtp.close();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #end(by: EndedBy): void {
    this.#hasEnded = true;
    this.#settleEnd(by);
  }

  #receive(datagram: Buffer, source: Peer): void {
    const parsed = parseMessage(datagram);
    if (parsed.kind !== 'message') return;
    if (parsed.message.kind === 'request') this.#receiveRequest(parsed.message, source);
    else this.#receiveAnswer(parsed.message);
  }

  #exchangeLine(): ExchangeLine {
    return {
      notify: (headers, body) => {
        if (this.#final === undefined) return;
        const { branch, datagram } = this.#outgoing.notify(this.#final, headers, body);
        void this.#transactions.request(branch, datagram, this.#target);
      },
      hangUp: () => this.hangUp(),
      hasEnded: () => this.#hasEnded,
    };
  }

  #receiveRequest(request: SipRequest, source: Peer): void {
    if (request.method === 'ACK') return;
    const transaction = this.#transactions.open(request, source, '');
    if (transaction === undefined) return;
    if (request.method === 'REFER') void this.#exchange.refer(transaction);
    else transaction.answer({ status: 200, reason: 'OK' });
    if (request.method === 'BYE') this.#end('called');
  }

  #receiveAnswer(response: SipResponse): void {
    this.#transactions.receiveAnswer(response);
    if (response.cseq.method === 'NOTIFY') return;
    this.#stopRepeating();
    if (response.cseq.method !== 'INVITE') return;
    if (response.status === 180) this.ringingMs ??= this.sinceInviteMs();
    if (response.status < 200) return;
    this.#send(this.#outgoing.ack(response));
    if (this.#final !== undefined) return;
    this.#final = response;
    this.answeredMs = this.sinceInviteMs();
    if (response.status < 300) this.#talk(response);
    this.#settleAnswer(response);
    if (response.status >= 300) this.#end('refused');
  }

  #talk(answer: SipResponse): void {
    const negotiation = negotiate(answer.body);
    if (negotiation.kind === 'refused') {
      this.hangUp();
      return;
    }
    const { terms } = negotiation;
    this.#sender = new RtpSender({ socket: this.#rtp, terms, nextSamples: () => this.#nextSamples() });
    this.#rtp.onPacket((packet) => this.#hear(terms, packet));
  }

  #hear(terms: AudioTerms, packet: RtpPacket): void {
    if (packet.payloadType === terms.payloadType) this.ear.hear(terms.codec, packet);
    const key: KeyPress | undefined =
      packet.payloadType === terms.eventPayloadType ? this.#keys.read(packet.timestamp, packet.payload) : undefined;
    if (key !== undefined) this.keysHeard.push(key.key);
  }

  #nextSamples(): Int16Array | undefined {
    if (this.#voice.length === 0) return undefined;
    const samples = new Int16Array(packetSamples);
    samples.set(this.#voice.subarray(0, packetSamples));
    this.#voice = this.#voice.slice(packetSamples);
    return samples;
  }

  #send(datagram: Buffer): void {
    this.#socket.send(datagram, this.#target.port, this.#target.address, () => undefined);
  }

  #sendUntilAnswered(datagram: Buffer): void {
    this.#send(datagram);
    const moments = Array.from({ length: longestRepeats }, (_, i) => repeatMs * (2 ** (i + 1) - 1));
    this.#repeats = moments.map((atMs) => setTimeout(() => this.#send(datagram), atMs));
  }

  #stopRepeating(): void {
    for (const timer of this.#repeats) clearTimeout(timer);
    this.#repeats = [];
  }
}
