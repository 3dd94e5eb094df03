/** What the steps of a call are given to work with. */
import type { Database } from '../shared/db.ts';
import type { Logger } from '../shared/log.ts';
import type { KnownNumbers } from './known-numbers.ts';
import type { Livekit } from './livekit.ts';
import type { FaultPoint } from './steps.ts';

export interface Parts {
  readonly database: Database;
  readonly livekit: Livekit;
  /** In a step it is already the logger of that call. */
  readonly log: Logger;
  readonly patience: Patience;
  /** Left out: while the database is away every call is refused. */
  readonly known?: KnownNumbers | undefined;
  /** Passed at each step of a call; production does nothing there. */
  readonly at: FaultPoint;
}

export interface Patience {
  /** Longest wait for the caller's own track before a refused room is deleted all the same. */
  readonly trackMs: number;
  /** Longest wait for an agent to join before the call is placed again. */
  readonly agentMs: number;
  /** Longest wait for the sound of an agent that joined before it is put out and the call placed again. */
  readonly publishMs: number;
  /** A call that waits for its first agent is placed a third time, and so on, as long as it is younger. */
  readonly placeUntilMs: number;
  /** A call that waits for its first agent is waited for no longer. */
  readonly ringUntilMs: number;
}

/**
 * A refused room deleted before the caller's track is published is heard as busy only 5 to 10 s later (18 of 40 calls
 * measured); afterwards within 63 ms. The track comes 35 ms after the caller, under load half a second.
 *
 * Each wait for an agent stays below the 4 s after which `claim_lost_calls` gives a call that nobody took to a watcher. A
 * placement that begins at 5 s is over at 9.5 s, also when its agent joins late and is not heard: within 10 s a caller hears
 * something other than ringing.
 */
export const patience: Patience = {
  trackMs: 2000,
  agentMs: 3000,
  publishMs: 3000,
  placeUntilMs: 5000,
  ringUntilMs: 9500,
};
