/**
 * A call that was admitted while the database was away: no row of it exists. It is served as dispatch placed it, and enters
 * the books as soon as there are any, with all that was known of it at admission.
 */
import { type AdoptedCall, adoptedSchema } from '../shared/contracts.ts';
import type { CallIdentity } from './identify.ts';
import type { CallPlatform } from './platform.ts';

type Books = Pick<CallPlatform, 'database' | 'worker'>;

export type AdoptionOutcome =
  | { readonly outcome: 'adopted' }
  /** Another shard has it, or had it last. */
  | { readonly outcome: 'not_ours'; readonly why: string }
  /** The number is not that business's any more: the call can never enter its books. */
  | { readonly outcome: 'unwanted'; readonly why: string };

/** As `adopt_call` says it. */
const unwanted = 'tenant_mismatch';

export class Adoption {
  readonly #identity: CallIdentity;
  #owed: boolean;
  #answeredAt: string | null = null;

  constructor(identity: CallIdentity) {
    this.#identity = identity;
    this.#owed = identity.offline !== undefined;
  }

  /** What the database has still to be told of the call; undefined when it knows the call. */
  get owed(): AdoptedCall | undefined {
    const { tenant, number, calledNumber, room, offline } = this.#identity;
    if (offline === undefined || !this.#owed) return undefined;
    const known = { tenant, number_id: number, called_number: calledNumber, room };
    return { ...known, ...offline, answered_at: this.#answeredAt };
  }

  /** @param atMs Unix time in milliseconds */
  answered(atMs: number): void {
    this.#answeredAt ??= new Date(atMs).toISOString();
  }

  /** @throws DatabaseAway, DatabaseFault */
  async adopt({ database, worker }: Books): Promise<AdoptionOutcome> {
    const call = this.owed;
    if (call === undefined) return { outcome: 'adopted' };
    const args = { p_session_id: this.#identity.session, p_worker: worker, p_call: call };
    const { adopted, reason } = await database.row('adopt_call', args, adoptedSchema);
    if (!adopted) {
      const outcome = reason === unwanted ? 'unwanted' : 'not_ours';
      return { outcome, why: reason ?? 'another worker has it' };
    }
    this.#owed = false;
    return { outcome: 'adopted' };
  }
}
