/**
 * One logger line per event: a static message, values as fields, JSON on standard output.
 *
 * What a caller said or who they are is logged only below the key `pii`, which is censored unless LOG_PII=on. The same holds
 * for keys and tokens: they have no field at all.
 */
import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino';
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
    serializers: options.showPii ? {} : { err: errorWithoutQuotes },
    redact: options.showPii ? [] : { paths: ['pii', '*.pii'], censor: '[redacted]' },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

/** JSON.parse quotes in its message what it could not read, and that may be a caller's words or a tenant's prompt. */
export function errorWithoutQuotes(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const told = stdSerializers.err(thrown);
  return { ...told, message: withoutQuotes(told.message), stack: withoutQuotes(told.stack ?? '') };
}

function withoutQuotes(text: string): string {
  return text.replaceAll(/"[\s\S]*?"(?=(\.\.\.)? is not valid JSON)/g, '[redacted]');
}

/** The logger of one call. Steps add what they learn: `log = callLog(log, { session })`. */
export function callLog(log: Logger, fields: CallFields): Logger {
  return log.child(fields);
}
