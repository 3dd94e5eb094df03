/** What a test does with a service of each kind, as a call does it, and what came of it. */
import { initializeLogger } from '@livekit/agents';
import { serviceOf } from '../../../agent/providers/index.ts';
import type { Services } from '../../../agent/providers/provider.ts';
import type { Providers } from '../../../dev/providers/server.ts';
import type { Kind } from '../../../shared/providers/provider.ts';
import type { Row } from './row.ts';

// Services take their logger when they are constructed and throw without one.
initializeLogger({ pretty: false, level: 'silent' });

export interface Failure {
  readonly message: string;
  readonly status: number | undefined;
  readonly recoverable: boolean;
}

export interface Outcome {
  /** The words understood, thought or, by the recogniser of the stand-ins, spoken; '' for none. */
  readonly text: string;
  /** How much of anything arrived, in pieces of whatever kind. */
  readonly pieces: number;
  readonly failures: readonly Failure[];
}

export interface Stage {
  readonly row: Row;
  readonly providers: Providers;
  /** Aborts when there is nothing more to wait for. */
  readonly enough: AbortSignal;
}

/** Uses a built service for one sentence and closes it. Never throws for what the provider does. */
export type Driver<K extends Kind> = (service: Services[K], stage: Stage) => Promise<Outcome>;

/** The real factory of agent/providers, as a call uses it. */
export function build<K extends Kind>(kind: K, { row, providers }: Stage, apiKey: string): Services[K] {
  const { provider, model = null, options = {}, language } = row;
  const choice = { provider, model, options, base_url: null, voice: null };
  return serviceOf(kind, provider).build(choice, { apiKey, baseUrl: row.baseUrl(providers.urls), language });
}

interface ErrorEvent {
  readonly error: Error & { readonly statusCode?: number; readonly status?: number };
  readonly recoverable: boolean;
}

export function failuresOf(service: object): Failure[] {
  const failures: Failure[] = [];
  const emitter = service as { on(event: 'error', listener: (event: ErrorEvent) => void): unknown };
  emitter.on('error', ({ error, recoverable }) => {
    failures.push({ message: error.message, status: error.statusCode ?? error.status, recoverable });
  });
  return failures;
}
