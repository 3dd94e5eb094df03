/**
 * A stand-in for LiveKit SIP on one machine: SIP over UDP and G.711 on one side, a LiveKit participant of kind SIP on the
 * other. Production is always LiveKit SIP; what the two must have in common is written down as the scenarios in tests/line.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { Call, type CallSurroundings } from './call.ts';
import { dialogKey } from './dialog.ts';
import { type Answer, formatAnswer, headerValues, type Peer, type SipRequest } from './message.ts';
import { parseMessage, type RawRequest } from './parse.ts';
import { randomId } from './random-id.ts';
import { readNotify } from './refer.ts';
import type { LiveKitAccess } from './room.ts';
import { RpcServer } from './rpc-server.ts';
import type { PortRange } from './rtp.ts';
import { type ServerTransaction, Transactions } from './transaction.ts';
import { Transfers } from './transfers.ts';
import type { Trunk } from './trunk.ts';

export interface LineOptions {
  readonly livekit: LiveKitAccess;
  readonly trunk: Trunk;
  /** Port for SIP on 127.0.0.1; 0 = any free one. */
  readonly sipPort: number;
  readonly rtpPorts: PortRange;
  /** redis://…, the one livekit-server has; without it calls cannot be transferred. */
  readonly redisUrl?: string | undefined;
  readonly log: Logger;
}

const address = '127.0.0.1';
const closeDeadlineMs = 8_000;
const allow = 'Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY';

/** @throws when the SIP port is taken, or Redis does not answer */
export async function startLine(options: LineOptions): Promise<Line> {
  const { redisUrl, log } = options;
  if (redisUrl === undefined) log.info('without Redis no call can be transferred');
  const rpc = redisUrl === undefined ? undefined : await RpcServer.open(redisUrl, log);
  const socket = createSocket('udp4');
  try {
    socket.bind(options.sipPort, address);
    await once(socket, 'listening');
    return new Line(socket, rpc, options);
  } catch (error) {
    rpc?.close();
    throw error;
  }
}

export class Line implements AsyncDisposable {
  readonly sipPort: number;
  readonly #socket: Socket;
  readonly #rpc: RpcServer | undefined;
  readonly #around: CallSurroundings;
  readonly #transactions: Transactions;
  readonly #calls = new Map<string, Call>();
  readonly #callOfInvite = new WeakMap<ServerTransaction, Call>();
  #isOpen = true;

  constructor(socket: Socket, rpc: RpcServer | undefined, options: LineOptions) {
    this.#socket = socket;
    this.#rpc = rpc;
    this.sipPort = socket.address().port;
    this.#transactions = new Transactions((datagram, to) => this.#send(datagram, to));
    this.#around = {
      ...options,
      local: { address, port: this.sipPort },
      transactions: this.#transactions,
      transfers: rpc && new Transfers(rpc),
    };
    socket.on('message', (datagram, source) => this.#receiveSafely(datagram, source));
    socket.on('error', (error) => options.log.error({ err: error }, 'SIP socket'));
  }

  /** Ends every call at once: ringing ones with 486, others with BYE. */
  async close(): Promise<void> {
    if (!this.#isOpen) return;
    const calls = [...this.#calls.values()];
    for (const call of calls) call.end({ by: 'line', how: 'shutdown' });
    const ended = Promise.all(calls.map((call) => call.finished));
    const gaveUp = setTimeout(() => this.#transactions.close(), closeDeadlineMs / 2);
    try {
      await withDeadline('ending the calls of the line', closeDeadlineMs, ended);
    } finally {
      clearTimeout(gaveUp);
      this.#transactions.close();
      this.#rpc?.close();
      this.#isOpen = false;
      await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** The top of every datagram's path: whatever one of them does, the next one is still served. */
  #receiveSafely(datagram: Buffer, source: Peer): void {
    try {
      this.#receive(datagram, source);
    } catch (error) {
      this.#around.log.error({ err: coerceError(error), source: source.address }, 'a datagram could not be handled');
    }
  }

  /**
   * A stranger gets nothing at all. LiveKit SIP itself still says 100 and one 180 to an INVITE from an address that is not
   * listed; in production the silence is the packet filter's, and here there is none.
   */
  #receive(datagram: Buffer, source: Peer): void {
    if (!this.#around.trunk.isAllowed(source.address)) return;
    const parsed = parseMessage(datagram);
    if (parsed.kind === 'malformed') this.#refuseMalformed(parsed.request, parsed.problem, source);
    else if (parsed.kind === 'message' && parsed.message.kind === 'response') {
      this.#transactions.receiveAnswer(parsed.message);
    } else if (parsed.kind === 'message' && parsed.message.kind === 'request') this.#serve(parsed.message, source);
  }

  #refuseMalformed(request: RawRequest | undefined, problem: string, source: Peer): void {
    this.#around.log.debug({ problem, source: source.address }, 'malformed datagram');
    const isAnswerable = request !== undefined && headerValues(request.headers, 'via').length > 0;
    if (!isAnswerable || request.method === 'ACK') return;
    const answer = request.isKnownVersion
      ? { status: 400, reason: 'Bad Request' }
      : { status: 505, reason: 'Version Not Supported' };
    this.#send(formatAnswer(request.headers, source, answer, randomId(12)), source);
  }

  #serve(request: SipRequest, source: Peer): void {
    if (request.method === 'ACK') {
      this.#acknowledge(request);
      return;
    }
    const transaction = this.#transactions.open(request, source, `SCL_${randomId(12)}`);
    if (transaction === undefined) return;
    const answer = this.#answerTo(transaction);
    if (answer !== 'left to the call') transaction.answer(answer);
  }

  #answerTo(transaction: ServerTransaction): Answer | 'left to the call' {
    switch (transaction.request.method) {
      case 'INVITE':
        return this.#invite(transaction);
      case 'CANCEL':
        return this.#cancel(transaction.request);
      case 'BYE':
        return this.#bye(transaction.request);
      case 'OPTIONS':
        return { ...ok, headers: [allow] };
      case 'NOTIFY':
        return this.#notify(transaction.request);
      default:
        return { status: 405, reason: 'Method Not Allowed', headers: [allow] };
    }
  }

  #invite(transaction: ServerTransaction): Answer | 'left to the call' {
    const { request } = transaction;
    if (!request.from.params.has('tag')) return badRequest;
    if (request.to.params.has('tag')) {
      const known = this.#callOf(request);
      if (known === undefined) return unknownDialog;
      known.reinvite(transaction);
      return 'left to the call';
    }
    transaction.answer({ status: 100, reason: 'Processing' });
    const call = new Call(transaction, this.#around);
    const key = dialogKey(request.callId, call.id);
    this.#calls.set(key, call);
    this.#callOfInvite.set(transaction, call);
    void call.finished.finally(() => this.#calls.delete(key));
    return 'left to the call';
  }

  #acknowledge(ack: SipRequest): void {
    this.#transactions.inviteOf(ack)?.stopRepeating();
    this.#callOf(ack)?.acknowledge();
  }

  #cancel(cancel: SipRequest): Answer {
    const invite = this.#transactions.inviteOf(cancel);
    if (invite === undefined) return unknownDialog;
    this.#callOfInvite.get(invite)?.end({ by: 'caller', how: 'cancel' });
    return ok;
  }

  #bye(bye: SipRequest): Answer {
    if (!bye.to.params.has('tag')) return badRequest;
    const call = this.#callOf(bye);
    if (call === undefined) return unknownDialog;
    call.end({ by: 'caller', how: 'bye' });
    return ok;
  }

  #notify(notify: SipRequest): Answer {
    const call = this.#callOf(notify);
    if (call === undefined) return unknownDialog;
    const read = readNotify(notify);
    if (read.kind === 'refused') return read.answer;
    call.hearOfTransfer(read.news);
    return ok;
  }

  #callOf(request: SipRequest): Call | undefined {
    return this.#calls.get(dialogKey(request.callId, request.to.params.get('tag') ?? ''));
  }

  #send(datagram: Buffer, to: Peer): void {
    if (!this.#isOpen) return;
    this.#socket.send(datagram, to.port, to.address, (error) => {
      if (error !== null) this.#around.log.debug({ err: error, to: to.address }, 'a datagram could not be sent');
    });
  }
}

const ok: Answer = { status: 200, reason: 'OK' };
const badRequest: Answer = { status: 400, reason: 'Bad Request' };
const unknownDialog: Answer = { status: 481, reason: 'Call/Transaction Does Not Exist' };
