/**
 * LiveKit's `TransferSIPParticipant`, on the side of the SIP node: takes the request for a call of ours, has the call send
 * its REFER, and answers in the words of LiveKit SIP, down to the SIP status in the error's details.
 */
import { SIPStatus, SIPStatusCode } from '@livekit/protocol';
import { Fields, writeFields } from './protobuf.ts';
import type { ReferOutcome, TransferOrder } from './refer.ts';
import type { RpcFailure, RpcResult, RpcServer } from './rpc-server.ts';

export interface Transferable {
  /** `sip.callID`: the topic under which livekit-server asks. */
  readonly id: string;
  transfer(order: TransferOrder & { readonly playDialtone: boolean }, givenUp: AbortSignal): Promise<TransferOutcome>;
}

export type TransferOutcome = ReferOutcome | { readonly kind: 'not answered yet' };

interface Pending {
  readonly transferTo: string;
  readonly result: Promise<RpcResult>;
}

const defaultRingingMs = 120_000;

export class Transfers {
  readonly #rpc: RpcServer;

  constructor(rpc: RpcServer) {
    this.#rpc = rpc;
  }

  /** @returns what takes the offer back; a transfer that is under way is still answered */
  async offer(call: Transferable): Promise<() => Promise<void>> {
    let pending: Pending | undefined;
    const method = { service: 'SIPInternal', method: 'TransferSIPParticipant', topic: call.id };
    return await this.#rpc.serve(method, async (message, expired) => {
      const request = readRequest(message);
      if (pending !== undefined && pending.transferTo !== request.transferTo)
        return failure('invalid_argument', 'call already being transferred elsewhere');
      // A second request for the same target waits for what the first one does.
      pending ??= {
        transferTo: request.transferTo,
        result: perform(call, request).finally(() => (pending = undefined)),
      };
      return await Promise.race([pending.result, canceled(expired)]);
    });
  }
}

interface TransferRequest extends TransferOrder {
  readonly playDialtone: boolean;
  readonly ringingMs: number;
}

/** Field numbers of LiveKit's `rpc.InternalTransferSIPParticipantRequest`. */
function readRequest(message: Buffer): TransferRequest {
  const fields = new Fields(message);
  const headers = fields.repeated(4).map((entry) => new Fields(entry));
  const ringing = new Fields(fields.bytes(5));
  const ringingMs = Number(ringing.integer(1)) * 1_000 + Number(ringing.integer(2)) / 1e6;
  return {
    transferTo: fields.text(2),
    playDialtone: fields.integer(3) !== 0n,
    headers: new Map(headers.map((entry) => [entry.text(1), entry.text(2)])),
    ringingMs: ringingMs > 0 ? ringingMs : defaultRingingMs,
  };
}

async function perform(call: Transferable, request: TransferRequest): Promise<RpcResult> {
  const givenUp = new AbortController();
  const timer = setTimeout(() => givenUp.abort(), request.ringingMs);
  try {
    return resultOf(await call.transfer(request, givenUp.signal));
  } finally {
    clearTimeout(timer);
  }
}

function resultOf(outcome: TransferOutcome): RpcResult {
  switch (outcome.kind) {
    case 'put through':
      // google.protobuf.Empty.
      return { kind: 'done', response: new Uint8Array(0) };
    case 'not answered yet':
      return failure('failed_precondition', "can't transfer non established call");
    case 'given up':
      return failure('canceled', outcome.problem);
    case 'refused': {
      const { status, reason, told } = outcome;
      const said = reason === '' ? `${status} (${nameOf(status)})` : `${status}: ${reason}`;
      const message = `${told === 'notify' ? 'call transfer failed: ' : ''}sip status: ${said}`;
      const detail = writeFields([
        [1, 'type.googleapis.com/livekit.SIPStatus'],
        [2, new SIPStatus({ code: status, status: reason }).toBinary()],
      ]);
      return { ...failure(codeOf(status), message), details: [detail] };
    }
  }
}

const failure = (code: string, message: string): RpcFailure => ({ kind: 'failed', code, message });

const nameOf = (status: number): string => (SIPStatusCode[status] ?? `${status}`).replace('SIP_STATUS_', '');

function canceled(expired: AbortSignal): Promise<RpcResult> {
  return new Promise((resolve) =>
    expired.addEventListener('abort', () => resolve(failure('canceled', 'context deadline exceeded')), { once: true }),
  );
}

/** LiveKit's error code for a SIP status, from sipCodeToGRPCCode in its protocol package. */
const statuses = {
  permission_denied: [401, 402, 403, 433, 470, 603, 607, 608],
  not_found: [301, 302, 404, 410, 481, 604],
  unauthenticated: [407, 428, 436, 437, 438, 494],
  deadline_exceeded: [408, 504],
  resource_exhausted: [440, 480, 486, 600],
  aborted: [487, 491],
  failed_precondition: [409, 412, 482, 483, 500, 501, 502, 503],
  out_of_range: [416],
};

function codeOf(status: number): string {
  const found = Object.entries(statuses).find(([, known]) => known.includes(status));
  return found?.[0] ?? 'invalid_argument';
}
