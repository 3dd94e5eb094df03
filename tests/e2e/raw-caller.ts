/** A caller that sends its requests exactly as a test writes them, and keeps every answer. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { SipResponse } from '../../dev/line/message.ts';
import { parseMessage } from '../../dev/line/parse.ts';
import { type Outgoing, outgoingCall } from '../../dev/phone/invite.ts';
import { freePort } from '../../dev/stack/ports.ts';
import type { Stack } from '../../dev/stack/stack.ts';
import { waitFor } from '../../dev/stack/wait.ts';

const address = '127.0.0.1';
const answerDeadlineMs = 20_000;

export class RawCaller implements AsyncDisposable {
  /** Answers to INVITEs, without the provisional ones. */
  readonly finals: SipResponse[] = [];
  readonly outgoing: Outgoing;
  readonly #socket: Socket;
  readonly #sip: Stack['sip'];

  private constructor(socket: Socket, sip: Stack['sip'], outgoing: Outgoing) {
    this.#socket = socket;
    this.#sip = sip;
    this.outgoing = outgoing;
    socket.on('message', (datagram) => {
      const parsed = parseMessage(datagram);
      if (parsed.kind !== 'message' || parsed.message.kind !== 'response') return;
      const { message } = parsed;
      if (message.cseq.method === 'INVITE' && message.status >= 200) this.finals.push(message);
    });
  }

  static async open(sip: Stack['sip'], called: string, caller: string): Promise<RawCaller> {
    const socket = createSocket('udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    const local = { address, port: socket.address().port };
    const rtpPort = await freePort();
    const outgoing = outgoingCall({ target: sip, called, caller, sip: local, rtpPort, headers: [] });
    return new RawCaller(socket, sip, outgoing);
  }

  send(request: Buffer): void {
    this.#socket.send(request, this.#sip.port, this.#sip.address);
  }

  /** Waits until so many final answers came that differ in their To tag: repeated ones are one answer. */
  async answers(count: number): Promise<SipResponse[]> {
    return waitFor(() => (this.#dialogs().length >= count ? this.#dialogs() : undefined), {
      what: `${count} answers to the INVITEs`,
      deadlineMs: answerDeadlineMs,
    });
  }

  #dialogs(): SipResponse[] {
    return [...new Map(this.finals.map((answer) => [answer.to.params.get('tag') ?? '', answer])).values()];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** The same requests with a piece of their text exchanged. */
export function changed(outgoing: Outgoing, from: RegExp, to: string): Outgoing {
  const change = (request: Buffer) => Buffer.from(request.toString('utf8').replace(from, to));
  return {
    ...outgoing,
    invite: change(outgoing.invite),
    cancel: change(outgoing.cancel),
    ack: (answer) => change(outgoing.ack(answer)),
    bye: (answer) => change(outgoing.bye(answer)),
  };
}
