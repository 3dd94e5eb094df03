/**
 * Tells the database of a provider that failed in a call, so that breakers spare the organisation's next calls the same
 * silence. The call that met it waits for nothing of this: what is not told now is in its record.
 */
import { ExponentialBackoff, handleType, retry } from 'cockatiel';
import { type ProviderFailure, reportedSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import { type FailureReason, reasonOf } from './fallback/failure.ts';
import type { ProviderFailed } from './fallback/succession.ts';
import type { Call } from './open-call.ts';

/** Too many requests is a matter of minutes, like a provider that is down; an unpaid bill is not. */
const failures: Readonly<Record<FailureReason, ProviderFailure>> = {
  bad_key: 'bad_key',
  quota: 'quota',
  rate_limited: 'unavailable',
  timed_out: 'timeout',
  unavailable: 'unavailable',
  failed: 'other',
};

/** Where a crowd of calls meets a revoked key, this one word keeps the next ones away; the database hears it for a minute. */
const untilHeard = retry(handleType(DatabaseAway), {
  maxAttempts: 5,
  backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 4_000 }),
});

export function failureOf(cause: Error): ProviderFailure {
  return failures[reasonOf(cause)];
}

type ReportingCall = Pick<Call, 'record' | 'log'> & {
  readonly identity: Pick<Call['identity'], 'session'>;
  readonly platform: Pick<Call['platform'], 'database' | 'worker'>;
};

/** Each failure of a provider once a call: a model that times out at every answer is one caller's bad luck, not ten. */
export function reportTo({ identity, platform, record, log }: ReportingCall): ProviderFailed {
  const told = new Set<string>();
  return (provider, cause, left) => {
    const failure = failureOf(cause);
    const fatal = left === 'nobody';
    record.noteFailed(provider, failure !== 'other');
    const news = `${provider} ${failure} ${fatal}`;
    if (told.has(news)) return;
    told.add(news);
    const args = {
      p_session_id: identity.session,
      p_worker: platform.worker,
      p_provider: provider,
      p_failure: failure,
      p_fatal: fatal,
    };
    untilHeard
      .execute(() => platform.database.row('report_provider', args, reportedSchema))
      .catch((thrown: unknown) => log.warn({ err: coerceError(thrown), provider, failure }, 'a failure was not told'));
  };
}
