/** Where it is written who answers a number: the cache reads from here and does not care what is behind it. */
import { type ConfigChange, configChangeSchema, type NumberRow, numberRowSchema } from '../shared/contracts.ts';
import type { Database } from '../shared/db.ts';

/** Every method: @throws DatabaseAway when trying again later can help, any other error when it cannot. */
export interface NumberSource {
  /** @param called as it was dialled @returns undefined: nobody's number */
  find(called: string): Promise<NumberRow | undefined>;
  /**
   * The same number with every layer as it stood before a revision; undefined: nothing older is kept. Asked again with the
   * revision that comes back, it goes one step further.
   */
  findBefore(called: string, revision: number): Promise<NumberRow | undefined>;
  /** What changed after a revision, oldest first. @param since null: only the newest revision, to begin with */
  changes(since: number | null): Promise<readonly ConfigChange[]>;
}

export function sqlNumbers(database: Database): NumberSource {
  return {
    async find(called) {
      const [row] = await database.rows('lookup_number', { p_called: called }, numberRowSchema);
      return row;
    },
    async findBefore(called, revision) {
      const args = { p_called: called, p_revision: revision };
      const [row] = await database.rows('lookup_number_before', args, numberRowSchema);
      return row;
    },
    changes: (since) => database.rows('config_changes', { p_since: since }, configChangeSchema),
  };
}
