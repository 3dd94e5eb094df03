/**
 * A REFER (RFC 3515): the caller's exchange is asked to call somebody else in our place. It says 202 at once and then, in
 * NOTIFY requests, what becomes of that call: the first line of each answer it gets (RFC 3420, sipfrag).
 */
import type { Dialog } from './dialog.ts';
import { type Answer, headerValues, type SipRequest } from './message.ts';
import type { Transactions } from './transaction.ts';

export interface TransferOrder {
  /** As it stands in Refer-To: `<sip:…>` or `tel:…`. */
  readonly transferTo: string;
  /** Further header lines of the REFER. */
  readonly headers: ReadonlyMap<string, string>;
}

/** What became of a REFER. A caller who leaves after the 2xx counts as put through: most exchanges say BYE by then. */
export type ReferOutcome =
  | { readonly kind: 'put through' }
  | { readonly kind: 'refused'; readonly told: 'answer' | 'notify'; readonly status: number; readonly reason: string }
  | { readonly kind: 'given up'; readonly problem: string };

interface StatusLine {
  readonly status: number;
  readonly reason: string;
}

const referEvent = /^refer(?:;id=(\d+))?$/;

export class Referral {
  readonly #final: Promise<StatusLine>;
  #settle: (final: StatusLine) => void = () => undefined;
  #sequence: number | undefined;

  constructor() {
    this.#final = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** @param callEnded settles when the call is over, whoever ended it; @param givenUp aborted when nobody waits any more */
  async run(
    order: TransferOrder,
    { dialog, transactions, contact }: { dialog: Dialog; transactions: Transactions; contact: string },
    { callEnded, givenUp }: { callEnded: Promise<unknown>; givenUp: AbortSignal },
  ): Promise<ReferOutcome> {
    const further = [...order.headers].map(([name, value]) => `${name}: ${value}`);
    const refer = dialog.request('REFER', [contact, `Refer-To: ${order.transferTo}`, ...further]);
    this.#sequence = refer.sequence;
    const answer = await transactions.request(refer.branch, refer.datagram, refer.to);
    if (answer === undefined) return { kind: 'given up', problem: 'nobody answered the REFER' };
    const { status, reason } = answer;
    if (status !== 200 && status !== 202) return { kind: 'refused', told: 'answer', status, reason };
    const expired: Promise<ReferOutcome> = new Promise((resolve) => {
      const giveUp = (): void => resolve({ kind: 'given up', problem: 'refer canceled' });
      givenUp.addEventListener('abort', giveUp, { once: true });
      if (givenUp.aborted) giveUp();
    });
    return await Promise.race([
      this.#final.then(
        (final): ReferOutcome =>
          final.status === 200 ? { kind: 'put through' } : { kind: 'refused', told: 'notify', ...final },
      ),
      callEnded.then((): ReferOutcome => ({ kind: 'put through' })),
      expired,
    ]);
  }

  /** Progress is heard and not acted on; news of an earlier REFER is let pass. */
  hear({ sequence, progress }: ReferNews): void {
    const isOurs = sequence === undefined || sequence === this.#sequence;
    if (isOurs && progress.status >= 200) this.#settle(progress);
  }
}

export interface ReferNews {
  /** Of the REFER that is reported on; undefined when the exchange does not say. */
  readonly sequence: number | undefined;
  readonly progress: StatusLine;
}

/** The news in a NOTIFY, or how LiveKit SIP answers one that it cannot use. */
export function readNotify(
  notify: SipRequest,
): { kind: 'news'; news: ReferNews } | { kind: 'refused'; answer: Answer } {
  const event = headerValues(notify.headers, 'event')[0] ?? headerValues(notify.headers, 'o')[0];
  if (event === undefined) return refused(400, 'no event in NOTIFY request');
  const found = referEvent.exec(event.toLowerCase());
  if (found === null) return refused(501, 'unknown event');
  const [, status, reason = ''] = /^SIP\/2\.0 (\d{3})(?: ([^\r\n]*))?/i.exec(notify.body) ?? [];
  if (status === undefined) return refused(400, 'invalid notify body');
  const sequence = found[1] === undefined ? undefined : Number(found[1]);
  return { kind: 'news', news: { sequence, progress: { status: Number(status), reason } } };
}

const refused = (status: number, reason: string): { kind: 'refused'; answer: Answer } => ({
  kind: 'refused',
  answer: { status, reason },
});
