/**
 * Ties what happens deep inside libraries to the call it happens for: every line they log carries the call's fields, and
 * plugins find the call's own job context.
 *
 * Raw room events are the exception: on Node 20 their handlers run in the context of whoever first touched the native
 * library, so handlers get their call's logger by hand (and warm.ts is first to touch it, outside of any call).
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { JobContext, JobProcess, runWithJobContextAsync } from '@livekit/agents';
import type { JobAssignment } from '@livekit/protocol';
import type { Room } from '@livekit/rtc-node';
import { type DestinationStream, type LoggerOptions, pino, stdSerializers, stdTimeFunctions } from 'pino';
import type { SessionId } from '../shared/ids.ts';
import { type CallFields, errorWithoutQuotes, type LogOptions } from '../shared/log.ts';

const currentCall = new AsyncLocalStorage<CallFields>();

export interface CallScope {
  readonly fields: CallFields;
  readonly assignment: JobAssignment;
  readonly room: Room;
  readonly livekitUrl: string;
}

/** One for all calls: it holds nothing but this process's id. */
const jobProcess = new JobProcess();

export function runInCall<T>(scope: CallScope, work: () => Promise<T>): Promise<T> {
  return currentCall.run(scope.fields, () => runWithJobContextAsync(jobContext(scope), work));
}

/** The call that this code runs for; undefined outside of any. */
export function sessionInContext(): SessionId | undefined {
  return currentCall.getStore()?.session;
}

function jobContext({ assignment, room, livekitUrl }: CallScope): JobContext {
  const { job, token } = assignment;
  if (job === undefined) throw new Error('an assignment without a job');
  const acceptArguments = { name: '', identity: `agent-${job.id}`, metadata: '' };
  const info = { acceptArguments, job, url: livekitUrl, token, workerId: job.state?.workerId ?? '' };
  return new JobContext(
    jobProcess,
    info,
    room,
    () => undefined,
    () => undefined,
    { doInference: async () => Promise.reject(new Error('this shard runs no inference process')) },
  );
}

/** Makes the agents library log through us, one level more quietly: at info it tells every caller's every word. */
export function installLibraryLog(options: LogOptions, destination?: DestinationStream): void {
  const level = options.level === 'info' ? 'warn' : options.level;
  const settings = librarySettings(options, level);
  Object.assign(globalThis, {
    [Symbol.for('@livekit/agents:logger')]: destination === undefined ? pino(settings) : pino(settings, destination),
    [Symbol.for('@livekit/agents:loggerOptions')]: { pretty: false, level },
  });
}

function librarySettings(options: LogOptions, level: string): LoggerOptions {
  const censor = options.showPii ? (fields: Record<string, unknown>) => fields : censorPii;
  return {
    level,
    base: { service: options.service, pid: process.pid, library: 'livekit-agents' },
    timestamp: stdTimeFunctions.isoTime,
    serializers: { error: options.showPii ? stdSerializers.err : errorWithoutQuotes },
    mixin: () => ({ ...currentCall.getStore() }),
    formatters: { level: (label) => ({ level: label }), log: censor, bindings: censor },
  };
}

/** The library names private fields `lk.pii.…`; a path of pino's own redaction cannot match by prefix. */
function censorPii(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, key.startsWith('lk.pii.') ? '[redacted]' : value]),
  );
}
