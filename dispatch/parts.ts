/** What the steps of a call are given to work with. */
import type { Database } from '../shared/db.ts';
import type { Logger } from '../shared/log.ts';
import type { KnownNumbers } from './known-numbers.ts';
import type { Livekit } from './livekit.ts';

export interface Parts {
  readonly database: Database;
  readonly livekit: Livekit;
  /** In a step it is already the logger of that call. */
  readonly log: Logger;
  readonly patience: Patience;
  /** Left out: while the database is away every call is refused. */
  readonly known?: KnownNumbers | undefined;
}

export interface Patience {
  /** Longest wait for the caller's own track before a refused room is deleted all the same. */
  readonly trackMs: number;
  /** Longest wait for an agent to join before the call is placed again. */
  readonly agentMs: number;
}

/**
 * A refused room deleted before the caller's track is published is heard as busy only 5 to 10 s later (18 of 40 calls
 * measured); afterwards within 63 ms. The track comes 35 ms after the caller, under load half a second.
 *
 * Two waits for an agent stay below the 10 s after which `expired_calls` gives a pending call to a watcher.
 */
export const patience: Patience = { trackMs: 2000, agentMs: 3000 };
