/** What dispatch serves and sends for people where Supabase is its database: the API, its pages, the webhooks of tenants. */
import { Hono } from 'hono';
import { systemClock } from '../../shared/clock.ts';
import type { Database } from '../../shared/db.ts';
import type { DispatchSettings, Environment } from '../../shared/env.ts';
import type { Logger } from '../../shared/log.ts';
import type { KeyRing } from '../../shared/provider-keys.ts';
import { apiPath, createApi } from '../api/api.ts';
import { pagesApp } from '../api/pages.ts';
import type { LivekitOptions } from '../livekit.ts';
import { startDeliverer } from '../webhooks/deliver.ts';
import { need } from './command.ts';

export interface Pages {
  readonly routes: Hono;
  /** Ends streams of news, which would keep the server from closing. */
  endStreams(): void;
  /** Ends what is being sent to endpoints that may hang: no call is to wait for that. */
  close(): Promise<void>;
}

interface PagesParts {
  readonly settings: DispatchSettings;
  readonly environment: Environment;
  /** As dispatch sees it. */
  readonly database: Database;
  readonly livekit: LivekitOptions;
  readonly roomPrefix: string;
  readonly log: Logger;
}

export function openPages({ settings, environment, database, livekit, roomPrefix, log }: PagesParts): Pages {
  const keyRing = keyRingOf(environment);
  const stopping = new AbortController();
  const common = {
    supabaseUrl: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    livekitPublicUrl: settings.LIVEKIT_PUBLIC_URL || settings.LIVEKIT_URL,
  };
  const api = createApi({
    ...common,
    apiToken: settings.SUPABASE_API_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
    livekit,
    roomPrefix,
    keyRing,
    trustedProxies: settings.DISPATCH_TRUSTED_PROXIES,
    stopping: stopping.signal,
    log,
  });
  if (keyRing === undefined) log.warn('webhooks are not sent by this dispatch: PROVIDER_KEYS_SECRET is missing');
  const deliverer = keyRing && startDeliverer({ database, keyRing, clock: systemClock, log });
  return {
    routes: new Hono().route(apiPath, api).route('/', pagesApp(common)),
    endStreams: () => stopping.abort(),
    close: async () => deliverer?.close(),
  };
}

/** Undefined: there is none, so neither provider keys nor webhooks are this dispatch's to seal and open. */
function keyRingOf(environment: Environment): KeyRing | undefined {
  if (!environment['PROVIDER_KEYS_SECRET']) return undefined;
  return need(['PROVIDER_KEYS_SECRET'], environment).PROVIDER_KEYS_SECRET;
}
