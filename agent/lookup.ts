/** Reads the dialled number's row: whose it is, every configuration layer, that organisation's sealed keys. */
import { type NumberRow, numberRowSchema } from '../shared/contracts.ts';
import { type Database, DatabaseAway } from '../shared/db.ts';
import type { CallIdentity } from './identify.ts';

export type Lookup =
  | { readonly outcome: 'found'; readonly row: NumberRow }
  | { readonly outcome: 'nobody' }
  | { readonly outcome: 'away'; readonly cause: Error };

/** @throws DatabaseFault when the database answers with something else than a number */
export async function lookUp(identity: CallIdentity, database: Database): Promise<Lookup> {
  try {
    const [row] = await database.rows('lookup_number', { p_called: identity.calledNumber }, numberRowSchema);
    return row === undefined ? { outcome: 'nobody' } : { outcome: 'found', row };
  } catch (thrown) {
    if (thrown instanceof DatabaseAway) return { outcome: 'away', cause: thrown };
    throw thrown;
  }
}
