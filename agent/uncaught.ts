/**
 * An exception that nobody caught, in a process that carries many calls.
 *
 * Node would end the process, and a malformed frame for one call, thrown by a plugin in a socket's handler, would hang up on
 * twenty callers. So: the call whose code threw ends, the others go on, and the supervisor replaces the shard, because nobody
 * knows what was left half done. See docs/decisions/0009-a-shard-survives-exceptions.md.
 */
import process from 'node:process';
import type { SessionId } from '../shared/ids.ts';
import type { Logger } from '../shared/log.ts';
import { sessionInContext } from './call-context.ts';

/** So many are no longer the matter of single calls. */
const mostSurvived = 20;

export interface Survivors {
  readonly log: Logger;
  /** Ends the call whose code threw. */
  fail(session: SessionId, cause: Error): void;
  /** Asks the supervisor for a replacement. */
  onTainted(): void;
}

/** From now on; before, while a shard starts, an exception ends it. */
export function surviveExceptions({ log, fail, onTainted }: Survivors): void {
  let survived = 0;
  process.on('uncaughtException', (error) => {
    const session = sessionInContext();
    if (isFatal(error) || ++survived > mostSurvived) {
      log.fatal({ err: error, session, survived }, 'uncaught exception: the shard ends');
      process.exit(1);
    }
    log.error({ err: error, session }, 'uncaught exception: its call ends, the shard is replaced');
    if (session !== undefined) fail(session, error);
    onTainted();
  });
}

/** Without memory or file descriptors every call is lost anyway, and each further moment loses more. */
export function isFatal(error: Error): boolean {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOMEM' || code === 'EMFILE' || code === 'ENFILE' || code === 'ERR_MEMORY_ALLOCATION_FAILED')
    return true;
  return error instanceof RangeError && /allocation failed|out of memory/i.test(error.message);
}
