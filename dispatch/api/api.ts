/** The API: who calls, how often, each resource, and the document that describes it all. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import type { Networks } from '../../shared/networks.ts';
import type { KeyRing } from '../../shared/provider-keys.ts';
import type { LivekitOptions } from '../livekit.ts';
import { type ApiVariables, type CallerOptions, Callers } from './caller.ts';
import { describe } from './document.ts';
import { idempotent } from './idempotency.ts';
import { ApiProblem, problemOf } from './problem.ts';
import { rateLimit } from './rate-limit.ts';
import { agentsApi } from './resources/agents.ts';
import { apiKeysApi } from './resources/api-keys.ts';
import { auditApi } from './resources/audit.ts';
import { breakersApi } from './resources/breakers.ts';
import { callsApi } from './resources/calls.ts';
import { eventsApi } from './resources/events.ts';
import { healthApi } from './resources/health.ts';
import { layersApi } from './resources/layers.ts';
import { meApi } from './resources/me.ts';
import { membersApi } from './resources/members.ts';
import { numbersApi } from './resources/numbers.ts';
import { organizationsApi } from './resources/organizations.ts';
import { pricesApi } from './resources/prices.ts';
import { probesApi } from './resources/probes.ts';
import { providerKeysApi } from './resources/provider-keys.ts';
import { recordingsApi } from './resources/recordings.ts';
import { refusalsApi } from './resources/refusals.ts';
import { testCallsApi } from './resources/test-calls.ts';
import { ticketsApi } from './resources/tickets.ts';
import { webhookDeliveriesApi } from './resources/webhook-deliveries.ts';
import { webhooksApi } from './resources/webhooks.ts';
import { workersApi } from './resources/workers.ts';

export interface ApiOptions extends CallerOptions {
  readonly log: Logger;
  readonly livekit: LivekitOptions;
  /** Where browsers reach LiveKit. */
  readonly livekitPublicUrl: string;
  /** Rooms of test calls are named as those of the dispatch rule. */
  readonly roomPrefix: string;
  /** Undefined: provider keys cannot be written here. */
  readonly keyRing: KeyRing | undefined;
  /** What they say of where a request came from is believed. */
  readonly trustedProxies: Networks;
  /** Ends what waits for news. */
  readonly stopping: AbortSignal;
}

/** A configuration is 256 kB at most, a thousand numbers are less. */
const mostBodyBytes = 1024 * 1024;

export const apiPath = '/api/v1';

export function createApi(options: ApiOptions): OpenAPIHono<ApiVariables> {
  const callers = new Callers(options);
  const app = new OpenAPIHono<ApiVariables>();
  app.use('*', bodyLimit({ maxSize: mostBodyBytes, onError: tooLarge }));
  app.use('*', rateLimit(options.trustedProxies));
  // Made when it is first asked for, when all routes are known, and once: each making registers its parts anew.
  let document: ReturnType<typeof describe> | undefined;
  app.get('/openapi.json', (context) => {
    document ??= describe(app);
    return context.json(document);
  });
  app.use('*', callers.gate, idempotent);
  for (const resource of resourcesOf(options, callers)) app.route('/', resource as OpenAPIHono<ApiVariables>);
  // Not as notFound, which counts for the outermost app alone: there it would be a page.
  app.all('*', ({ req }) => {
    throw new ApiProblem('not_found', `There is no ${req.method} ${req.path}.`);
  });
  app.onError((thrown, context) => {
    const problem = problemOf(thrown) ?? new ApiProblem('fault');
    if (problem.code === 'fault')
      options.log.error({ err: coerceError(thrown), method: context.req.method, route: context.req.path }, 'API fault');
    return context.json(problem.document(), problem.status, problemType);
  });
  return app;
}

const problemType = { 'content-type': 'application/problem+json' };

function tooLarge(): never {
  throw new ApiProblem('malformed', `A request has at most ${mostBodyBytes} bytes.`);
}

function resourcesOf(options: ApiOptions, callers: Callers) {
  return [
    meApi(callers),
    organizationsApi(),
    membersApi(),
    agentsApi(),
    numbersApi(),
    probesApi(),
    pricesApi(),
    layersApi(),
    callsApi(options),
    recordingsApi(),
    testCallsApi(options),
    ticketsApi(),
    refusalsApi(),
    breakersApi(),
    healthApi(),
    workersApi(),
    providerKeysApi(options),
    apiKeysApi(),
    webhooksApi(options),
    webhookDeliveriesApi(),
    auditApi(),
    eventsApi(options),
  ];
}
