/**
 * Puts LiveKit's trunk and dispatch rule back when they are gone. They live in LiveKit's Redis, and one that comes back without
 * its memory leaves an exchange whose every call is turned away before dispatch hears of it. While both are there they are left as
 * they are, also where somebody changed them by hand: that is for `dispatch provision`.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { type Repeating, startRepeating } from '../shared/repeat.ts';
import type { LivekitOptions } from './livekit.ts';
import { provision } from './provision.ts';
import type { TrunkFile } from './trunk-file.ts';

export interface TrunkWatchOptions {
  readonly file: TrunkFile;
  readonly livekit: LivekitOptions;
  readonly log: Logger;
  readonly intervalMs?: number;
  /** All replicas see it in the same moment, and two trunks of one name are worse than none: each waits by its own dice. */
  readonly spreadMs?: number;
}

const defaults = { intervalMs: 15_000, spreadMs: 5_000 };

export function startTrunkWatch(options: TrunkWatchOptions): Repeating {
  const { file, livekit, log, intervalMs, spreadMs } = { ...defaults, ...options };
  let said = '';
  return startRepeating(intervalMs, async () => {
    try {
      const differences = await provision(file, { ...livekit, dryRun: true });
      if (!differences.some(({ kind }) => kind === 'create')) return;
      await pause(Math.random() * spreadMs);
      const changes = await provision(file, { ...livekit, dryRun: false });
      const made = changes.filter(({ kind }) => kind !== 'none').map(({ what }) => what);
      if (made.length > 0) log.warn({ made }, 'LiveKit had lost what sip-trunk.json says: it is there again');
    } catch (thrown) {
      const { message } = coerceError(thrown);
      if (message !== said) log.warn({ err: coerceError(thrown) }, 'whether LiveKit has our trunk cannot be seen');
      said = message;
    }
  });
}
