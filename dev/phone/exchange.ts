/**
 * The exchange behind a caller, as far as REFER goes: the agent asks it to call somebody else, it says whether it will, calls,
 * and tells in NOTIFY requests how far it came (RFC 3515). Nobody is really called; what happens is chosen for each target.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { headerValues, type SipRequest } from '../line/message.ts';
import type { ServerTransaction } from '../line/transaction.ts';

export type ReferBehaviour =
  /** 202, trying, ringing, 200; then it waits for the BYE. */
  | { readonly does: 'connect'; readonly ringMs?: number }
  /** 202, and a BYE of its own at once: it tells nobody how the other call went. */
  | { readonly does: 'take over' }
  /** 202, trying, ringing, and the call ends so: 486 busy, 480 or 408 no answer. */
  | { readonly does: 'fail'; readonly status: number; readonly reason: string; readonly ringMs?: number }
  /** 202, trying, and never another word. */
  | { readonly does: 'ring for ever' }
  /** The REFER itself is refused: 403 or 603 forbidden, 405 not allowed on this trunk. */
  | { readonly does: 'refuse'; readonly status: number; readonly reason: string };

export interface Refer {
  /** Refer-To without its brackets. */
  readonly target: string;
  readonly request: SipRequest;
}

/** The caller's own line to whoever answered it. */
export interface ExchangeLine {
  /** Sends a NOTIFY in the dialog. */
  notify(headers: readonly string[], body: string): void;
  hangUp(): void;
  hasEnded(): boolean;
}

export type Behave = (target: string) => ReferBehaviour;

const defaultRingMs = 300;

export class Exchange {
  /** All that was asked for, in order. */
  readonly refers: Refer[] = [];
  readonly #behave: Behave;
  readonly #line: ExchangeLine;

  constructor(line: ExchangeLine, behave: Behave = () => ({ does: 'connect' })) {
    this.#line = line;
    this.#behave = behave;
  }

  async refer(transaction: ServerTransaction): Promise<void> {
    const { request } = transaction;
    const target = (headerValues(request.headers, 'refer-to')[0] ?? '').replace(/^<|>$/g, '');
    this.refers.push({ target, request });
    const behaviour = this.#behave(target);
    if (behaviour.does === 'refuse') {
      transaction.answer({ status: behaviour.status, reason: behaviour.reason });
      return;
    }
    transaction.answer({ status: 202, reason: 'Accepted' });
    const tell = (status: string, isLast = false): void => this.#tell(request.cseq.number, status, isLast);
    switch (behaviour.does) {
      case 'take over':
        this.#line.hangUp();
        return;
      case 'ring for ever':
        tell('100 Trying');
        return;
      case 'connect':
      case 'fail': {
        tell('100 Trying');
        tell('180 Ringing');
        await delay(behaviour.ringMs ?? defaultRingMs);
        tell(behaviour.does === 'connect' ? '200 OK' : `${behaviour.status} ${behaviour.reason}`, true);
      }
    }
  }

  #tell(referSequence: number, status: string, isLast: boolean): void {
    if (this.#line.hasEnded()) return;
    const state = isLast ? 'terminated;reason=noresource' : 'active;expires=60';
    const headers = [
      `Event: refer;id=${referSequence}`,
      `Subscription-State: ${state}`,
      'Content-Type: message/sipfrag;version=2.0',
    ];
    this.#line.notify(headers, `SIP/2.0 ${status}\r\n`);
  }
}
