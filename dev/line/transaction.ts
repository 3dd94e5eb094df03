/**
 * The transaction layer (RFC 3261 §17): UDP loses and repeats datagrams, everything above sees each request once.
 *
 * A server transaction is made by the first copy of a request and remembered for 32 s: later copies get the last answer again.
 * An INVITE refused with a final answer repeats that answer until the ACK. A 200 to an INVITE is sent three times (at 0, 250
 * and 750 ms, as LiveKit SIP does) unless the ACK comes first.
 */
import { type Answer, answerPeer, formatAnswer, type Peer, type SipRequest, type SipResponse } from './message.ts';

const t1Ms = 500;
const t2Ms = 4000;
/** 64 × T1: how long a transaction lives, and how long a BYE nobody answers is repeated. */
export const transactionMs = 64 * t1Ms;
const acceptedRepeatsMs = [250, 750];

export type Send = (datagram: Buffer, to: Peer) => void;

export class ServerTransaction {
  readonly request: SipRequest;
  readonly source: Peer;
  /** Our tag in To of every answer; a call uses it as its own id. */
  readonly localTag: string;
  readonly #send: Send;
  #lastAnswer: Buffer | undefined;
  #repeats: NodeJS.Timeout[] = [];

  constructor(request: SipRequest, source: Peer, send: Send, localTag: string) {
    this.request = request;
    this.source = source;
    this.localTag = localTag;
    this.#send = send;
  }

  answer(answer: Answer): void {
    this.stopRepeating();
    this.#lastAnswer = formatAnswer(this.request.headers, this.source, answer, this.localTag);
    this.repeat();
    if (this.request.method !== 'INVITE' || answer.status < 200) return;
    const schedule = answer.status < 300 ? acceptedRepeatsMs : backOffMs();
    this.#repeats = schedule.map((atMs) => setTimeout(() => this.repeat(), atMs));
  }

  /** Sends the last answer once more; nothing when there was none yet. */
  repeat(): void {
    if (this.#lastAnswer !== undefined) this.#send(this.#lastAnswer, answerPeer(this.request, this.source));
  }

  /** The ACK is here, or nobody waits any more. */
  stopRepeating(): void {
    for (const timer of this.#repeats) clearTimeout(timer);
    this.#repeats = [];
  }
}

/** 0.5, 1.5, 3.5, 7.5, 11.5 … s: the gap doubles up to T2 until the transaction is over. */
function backOffMs(): number[] {
  const moments: number[] = [];
  for (let atMs = t1Ms, gapMs = t1Ms; atMs < transactionMs; ) {
    moments.push(atMs);
    gapMs = Math.min(gapMs * 2, t2Ms);
    atMs += gapMs;
  }
  return moments;
}

export class Transactions {
  readonly #send: Send;
  readonly #servers = new Map<string, { transaction: ServerTransaction; expiry: NodeJS.Timeout }>();
  readonly #clients = new Map<string, (response: SipResponse | undefined) => void>();

  constructor(send: Send) {
    this.#send = send;
  }

  /** The transaction of a request seen for the first time; undefined for a copy, which has been answered here. */
  open(request: SipRequest, source: Peer, localTag: string): ServerTransaction | undefined {
    const key = serverKey(request, request.method);
    const known = this.#servers.get(key);
    if (known !== undefined) {
      known.transaction.repeat();
      return undefined;
    }
    const transaction = new ServerTransaction(request, source, this.#send, localTag);
    this.#servers.set(key, { transaction, expiry: setTimeout(() => this.#servers.delete(key), transactionMs) });
    return transaction;
  }

  /** The INVITE that a CANCEL, or the ACK of a refusal, belongs to: same branch, same sender. */
  inviteOf(request: SipRequest): ServerTransaction | undefined {
    return this.#servers.get(serverKey(request, 'INVITE'))?.transaction;
  }

  /**
   * Sends a request of ours and repeats it until a final answer.
   * @returns the answer, or undefined after 32 s without one
   */
  async request(branch: string, datagram: Buffer, to: Peer): Promise<SipResponse | undefined> {
    this.#send(datagram, to);
    const repeats = backOffMs().map((atMs) => setTimeout(() => this.#send(datagram, to), atMs));
    const timeout = setTimeout(() => this.#clients.get(branch)?.(undefined), transactionMs);
    try {
      return await new Promise((resolve) => this.#clients.set(branch, resolve));
    } finally {
      this.#clients.delete(branch);
      for (const timer of [...repeats, timeout]) clearTimeout(timer);
    }
  }

  receiveAnswer(response: SipResponse): void {
    if (response.status >= 200) this.#clients.get(response.vias[0]?.params.get('branch') ?? '')?.(response);
  }

  close(): void {
    for (const { transaction, expiry } of this.#servers.values()) {
      transaction.stopRepeating();
      clearTimeout(expiry);
    }
    this.#servers.clear();
    for (const resolve of this.#clients.values()) resolve(undefined);
  }
}

/** Branch and sender name a transaction; senders older than RFC 3261 have no branch and are told apart by call and sequence. */
function serverKey(request: SipRequest, method: string): string {
  const via = request.vias[0];
  const branch =
    via?.params.get('branch') ?? `${request.callId} ${request.from.params.get('tag')} ${request.cseq.number}`;
  return `${method} ${via?.host}:${via?.port ?? 5060} ${branch}`;
}
