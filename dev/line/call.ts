/**
 * One call, from its INVITE to the moment nothing of it is left. Modes:
 *
 *   ringing  -> 180 each second; the room is joined, the caller's track published, somebody's audio awaited
 *   talking  -> 200 OK went out; sound flows both ways
 *   over     -> the first cause to end the call has won; the final answer or the BYE goes out, the room is left
 *
 * `end()` may be called by anyone at any time; whatever the set-up was waiting for then finds the call over and goes no further.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { Dialog } from './dialog.ts';
import { Media } from './media.ts';
import type { Peer } from './message.ts';
import { type ReferNews, Referral, type TransferOrder } from './refer.ts';
import { joinRoom, type LiveKitAccess, type RoomLeg } from './room.ts';
import { openRtpSocket, type PortRange } from './rtp.ts';
import { negotiate } from './sdp.ts';
import { roomTicket } from './ticket.ts';
import type { ServerTransaction, Transactions } from './transaction.ts';
import type { Transferable, TransferOutcome, Transfers } from './transfers.ts';
import type { Trunk } from './trunk.ts';

/** What ended a call. Only a cancelled call and one we never took are answered with something other than `486 Rejected`. */
export type CallEnd =
  | { readonly by: 'caller'; readonly how: 'cancel' | 'bye' }
  | { readonly by: 'room'; readonly reason: string }
  | { readonly by: 'line'; readonly how: LineCause }
  | { readonly by: 'line'; readonly how: 'not taken'; readonly status: 400 | 500; readonly problem: string };

interface Ending {
  readonly cause: CallEnd;
  readonly wasTalking: boolean;
}

type LineCause = 'join failed' | 'ringing timeout' | 'media timeout' | 'call too long' | 'transferred' | 'shutdown';

export interface CallSurroundings {
  readonly livekit: LiveKitAccess;
  readonly trunk: Trunk;
  /** Our own address for Via and Contact. */
  readonly local: Peer;
  readonly rtpPorts: PortRange;
  readonly transactions: Transactions;
  /** Undefined without Redis: livekit-server cannot ask for a transfer then. */
  readonly transfers: Transfers | undefined;
  readonly log: Logger;
}

const ringingIntervalMs = 1_000;
const firstPacketWaitMs = 1_000;
const ackWaitMs = 3_000;
const mediaCheckMs = 100;
/** After a transfer the exchange is expected to say BYE; LiveKit SIP waits that long for it. */
const transferredByeMs = 1_000;

export class Call implements Transferable {
  readonly id: string;
  /** Settles when the room is left and the ports are free. */
  readonly finished: Promise<CallEnd>;
  readonly #around: CallSurroundings;
  readonly #invite: ServerTransaction;
  readonly #log: Logger;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #dialog: Dialog;
  readonly #ending: Promise<Ending>;
  #announceEnd: (ending: Ending) => void = () => undefined;
  #mode: 'ringing' | 'talking' | 'over' = 'ringing';
  #isAcknowledged = false;
  #media: Media | undefined;
  #room: RoomLeg | undefined;
  #referral: Referral | undefined;
  #takeBackOffer: () => Promise<void> = async () => undefined;

  constructor(invite: ServerTransaction, around: CallSurroundings) {
    this.id = invite.localTag;
    this.#invite = invite;
    this.#around = around;
    const { request, source } = invite;
    this.#dialog = new Dialog({ invite: request, localTag: this.id, local: around.local, source });
    this.#log = around.log.child({ call: invite.request.callId, sipCallId: this.id });
    this.#ending = new Promise((resolve) => {
      this.#announceEnd = resolve;
    });
    this.finished = this.#run();
  }

  /** The first cause counts; later ones find the call over. */
  end(cause: CallEnd): void {
    if (this.#mode === 'over') return;
    const wasTalking = this.#mode === 'talking';
    this.#mode = 'over';
    this.#announceEnd({ cause, wasTalking });
  }

  acknowledge(): void {
    this.#isAcknowledged = true;
    this.#invite.stopRepeating();
  }

  /** A re-INVITE changes where our sound goes and gets the same description again; hold and direction are not looked at. */
  reinvite(transaction: ServerTransaction): void {
    const negotiation = negotiate(transaction.request.body);
    if (negotiation.kind === 'agreed') this.#media?.redirect(negotiation.terms.remote);
    this.#accept(transaction);
  }

  /** Has the caller's exchange call somebody else in our place. While that rings, the room goes on unless there is a dialtone. */
  async transfer(
    order: TransferOrder & { readonly playDialtone: boolean },
    givenUp: AbortSignal,
  ): Promise<TransferOutcome> {
    if (this.#mode !== 'talking') return { kind: 'not answered yet' };
    if (order.playDialtone) this.#media?.playRingback();
    const referral = new Referral();
    this.#referral = referral;
    const way = { dialog: this.#dialog, transactions: this.#around.transactions, contact: this.#contact() };
    const outcome = await referral.run(order, way, { callEnded: this.#ending, givenUp });
    if (outcome.kind !== 'put through') this.#media?.playRoom();
    else if (!this.#isOver()) this.#endAfter(transferredByeMs, 'transferred');
    this.#log.info({ outcome }, 'transfer');
    return outcome;
  }

  /** What the exchange says of a transfer. */
  hearOfTransfer(news: ReferNews): void {
    this.#referral?.hear(news);
  }

  async #run(): Promise<CallEnd> {
    const settingUp = this.#setUp().catch((error: unknown) => {
      this.#log.warn({ err: coerceError(error) }, 'the room could not be joined');
      this.end({ by: 'line', how: 'join failed' });
    });
    const { cause, wasTalking } = await this.#ending;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#sayGoodbye(cause, wasTalking);
    await settingUp;
    await this.#takeBackOffer();
    await this.#room?.leave();
    await this.#media?.close();
    this.#log.info({ cause, wasTalking }, 'call ended');
    return cause;
  }

  async #setUp(): Promise<void> {
    const { livekit, trunk } = this.#around;
    this.#ring();
    this.#media = await this.#openMedia();
    if (this.#media === undefined || this.#isOver()) return;
    this.#endAfter(trunk.maxCallDurationMs, 'call too long');
    this.#takeBackOffer = (await this.#around.transfers?.offer(this)) ?? this.#takeBackOffer;
    this.#room = await joinRoom(livekit, roomTicket(this.#invite.request, this.id, trunk), this.#log);
    const room = this.#room;
    void room.gone.then((reason) => this.end({ by: 'room', reason }));
    if (this.#isOver()) return;
    const ringingTimeout = this.#endAfter(trunk.ringingTimeoutMs, 'ringing timeout');
    await Promise.race([room.someoneSpeaks, this.#ending]);
    clearTimeout(ringingTimeout);
    if (!this.#isOver()) await this.#talk(room, this.#media);
  }

  #isOver(): boolean {
    return this.#mode === 'over';
  }

  #ring(): void {
    this.#invite.answer({ status: 180, reason: 'Ringing', headers: [this.#contact()] });
    const again = setInterval(() => {
      if (this.#mode === 'ringing') this.#invite.repeat();
    }, ringingIntervalMs);
    this.#timers.push(again);
  }

  /** Undefined when the caller has been told that the call is not taken. */
  async #openMedia(): Promise<Media | undefined> {
    const negotiation = negotiate(this.#invite.request.body);
    if (negotiation.kind === 'refused') {
      this.end({ by: 'line', how: 'not taken', status: 400, problem: negotiation.problem });
      return undefined;
    }
    const socket = await openRtpSocket(this.#around.local.address, this.#around.rtpPorts);
    if (socket === undefined) {
      this.end({ by: 'line', how: 'not taken', status: 500, problem: 'no RTP port is free' });
      return undefined;
    }
    return new Media(socket, negotiation.terms, this.#around.local.address);
  }

  async #talk(room: RoomLeg, media: Media): Promise<void> {
    this.#mode = 'talking';
    this.#accept(this.#invite);
    media.connect(room);
    this.#watchMedia(media, performance.now());
    await Promise.race([media.firstPacket, delay(firstPacketWaitMs, undefined, { ref: false })]);
    if (!this.#isOver()) await room.setCallStatus('active');
  }

  #accept(transaction: ServerTransaction): void {
    const headers = [this.#contact(), 'Content-Type: application/sdp'];
    transaction.answer({ status: 200, reason: 'OK', headers, body: this.#media?.description ?? '' });
  }

  /** A caller who vanishes sends no BYE: silence on the RTP port is the only sign. */
  #watchMedia(media: Media, answeredMs: number): void {
    const { mediaTimeoutMs, mediaTimeoutInitialMs } = this.#around.trunk;
    const check = setInterval(() => {
      const now = performance.now();
      const last = media.lastPacketMs;
      const isUnacknowledged = !this.#isAcknowledged && now - answeredMs > ackWaitMs;
      const initialMs = isUnacknowledged ? Math.min(ackWaitMs, mediaTimeoutInitialMs) : mediaTimeoutInitialMs;
      const silentMs = last === undefined ? now - answeredMs : now - last;
      if (silentMs > (last === undefined ? initialMs : mediaTimeoutMs)) this.end({ by: 'line', how: 'media timeout' });
    }, mediaCheckMs);
    this.#timers.push(check);
  }

  #endAfter(ms: number, how: LineCause): NodeJS.Timeout {
    const timer = setTimeout(() => this.end({ by: 'line', how }), ms);
    this.#timers.push(timer);
    return timer;
  }

  /**
   * Says on the SIP side that the call is over. After a media timeout nobody may answer the BYE: the participant then stays
   * in the room for the 32 s that the BYE is repeated, as LiveKit SIP's does, and only `sip.callStatus` tells at once.
   */
  async #sayGoodbye(cause: CallEnd, wasTalking: boolean): Promise<void> {
    if (!wasTalking) this.#invite.answer(finalAnswer(cause));
    const hungUp = this.#room?.setCallStatus('hangup');
    if (wasTalking && cause.by !== 'caller') await this.#sendBye();
    await hungUp;
  }

  async #sendBye(): Promise<void> {
    this.#invite.stopRepeating();
    const bye = this.#dialog.request('BYE');
    const answer = await this.#around.transactions.request(bye.branch, bye.datagram, bye.to);
    if (answer === undefined) this.#log.warn('nobody answered the BYE');
  }

  #contact(): string {
    const { address, port } = this.#around.local;
    return `Contact: <sip:${address}:${port}>`;
  }
}

/** LiveKit SIP answers 486 whatever ended a call that was ringing, and says so in these words. */
function finalAnswer(end: CallEnd): { status: number; reason: string } {
  if (end.by === 'caller') return { status: 487, reason: 'Request Terminated' };
  if (end.by === 'line' && end.how === 'not taken') return { status: end.status, reason: '' };
  return { status: 486, reason: 'Rejected' };
}
