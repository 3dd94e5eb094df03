/** What stands for a machine of its own beside those whose calls are measured: it gives way to everything else on this one. */
import { findOnPath } from '../setup/binaries.mjs';
import { surroundings } from './surroundings.ts';

const niceness = 10;
/**
 * Linux shares the cores between sessions first, where autogroups are on, and every program of a stack is one: niceness counts
 * only within it, and the session has one of its own.
 */
const niceSession = `[ ! -w /proc/self/autogroup ] || echo ${niceness} > /proc/self/autogroup; exec "$@"`;

/** Command and options that run a program so. As root its native threads would be real-time ones, which no niceness holds back. */
export function yielding(): string[] {
  const setpriv = process.getuid?.() === 0 ? findOnPath('setpriv', surroundings) : undefined;
  const unprivileged = setpriv === undefined ? [] : [setpriv, '--bounding-set=-sys_nice', '--inh-caps=-sys_nice'];
  return [
    '/bin/sh',
    '-c',
    niceSession,
    'sh',
    findOnPath('nice', surroundings) ?? 'nice',
    '-n',
    String(niceness),
    ...unprivileged,
  ];
}
