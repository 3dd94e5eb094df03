/**
 * One logger line per event: a static message, values as fields, JSON on standard output.
 *
 * What a caller said or who they are is logged only below the key `pii`, which is censored unless LOG_PII=on. The same holds
 * for keys and tokens: they have no field at all.
 */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import type { NumberId, SessionId, TenantKey } from './ids.ts';

export type { Logger };

export interface LogOptions {
  /** Which process writes: dispatch, agent, shard … */
  readonly service: string;
  readonly level: string;
  readonly showPii: boolean;
}

/** Fields that every line of one call carries, as far as they are known. */
export interface CallFields {
  /** Call-ID of the caller's INVITE, where it is known. */
  readonly call?: string;
  readonly room?: string;
  readonly session?: SessionId;
  readonly tenant?: TenantKey;
  readonly number?: NumberId;
}

export function createLog(options: LogOptions, destination?: DestinationStream): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: options.showPii ? [] : { paths: ['pii', '*.pii'], censor: '[redacted]' },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** The logger of one call. Steps add what they learn: `log = callLog(log, { session })`. */
export function callLog(log: Logger, fields: CallFields): Logger {
  return log.child(fields);
}
