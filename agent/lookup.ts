/** Reads the dialled number's row: whose it is, every configuration layer, that organisation's sealed keys. */
import { type NumberRow, numberRowSchema } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { CallIdentity } from './identify.ts';

export type Lookup =
  | { readonly outcome: 'found'; readonly row: NumberRow }
  | { readonly outcome: 'nobody' }
  | { readonly outcome: 'away'; readonly cause: Error }
  | { readonly outcome: 'broken'; readonly cause: Error };

/** Never throws: three steps run at once, and the claim among them must be known before anything is done about a failure. */
export async function lookUp(identity: CallIdentity, database: Database): Promise<Lookup> {
  try {
    const [row] = await database.rows('lookup_number', { p_called: identity.calledNumber }, numberRowSchema);
    return row === undefined ? { outcome: 'nobody' } : { outcome: 'found', row };
  } catch (thrown) {
    return { outcome: thrown instanceof DatabaseAway ? 'away' : 'broken', cause: coerceError(thrown) };
  }
}
