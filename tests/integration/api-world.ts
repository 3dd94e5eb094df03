/** The API over the embedded Supabase with the seeded people, each of whom signs in as the pages do. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';
import { askTable } from '../../dev/stack/rows.ts';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { seededPassword, seededPeople } from '../../dev/stack/supabase-people.ts';
import { type ApiOptions, apiPath, createApi } from '../../dispatch/api/api.ts';
import { pagesApp } from '../../dispatch/api/pages.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { Networks } from '../../shared/networks.ts';
import { parseKeyRing } from '../../shared/provider-keys.ts';

export type Person = keyof typeof seededPeople;
export type Row = Readonly<Record<string, unknown>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** Null where none came. */
  readonly body: unknown;
}

export interface Sending {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const providerKeysSecret = 'ab'.repeat(32);
const requestDeadlineMs = 10_000;
const signedInSchema = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });

/** Somebody with a token, or nobody. */
export class Client {
  readonly #url: string;
  readonly token: string | null;

  constructor(url: string, token: string | null) {
    this.#url = url;
    this.token = token;
  }

  get(path: string, sending: Sending = {}): Promise<Answer> {
    return this.send('GET', path, sending);
  }

  post(path: string, body: unknown = {}, sending: Sending = {}): Promise<Answer> {
    return this.send('POST', path, { ...sending, body });
  }

  put(path: string, body: unknown, sending: Sending = {}): Promise<Answer> {
    return this.send('PUT', path, { ...sending, body });
  }

  patch(path: string, body: unknown): Promise<Answer> {
    return this.send('PATCH', path, { body });
  }

  delete(path: string): Promise<Answer> {
    return this.send('DELETE', path);
  }

  async send(method: string, path: string, { body, headers = {} }: Sending = {}): Promise<Answer> {
    const response = await this.open(method, path, { body, headers });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? null : JSON.parse(text) };
  }

  /** The answer as it comes. */
  open(method: string, path: string, { body, headers = {} }: Sending = {}, signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.#url}${apiPath}${path}`, {
      method,
      headers: {
        ...(this.token === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? AbortSignal.timeout(requestDeadlineMs),
    });
  }
}

export class ApiWorld implements AsyncDisposable {
  readonly url: string;
  readonly supabase: RunningSupabase;
  readonly stopping: AbortController;
  readonly #releases: Releases;

  private constructor(parts: Pick<ApiWorld, 'url' | 'supabase' | 'stopping'>, releases: Releases) {
    this.url = parts.url;
    this.supabase = parts.supabase;
    this.stopping = parts.stopping;
    this.#releases = releases;
  }

  static async start(changed: Partial<ApiOptions> = {}): Promise<ApiWorld> {
    const releases = new Releases();
    try {
      const runDir = mkdtempSync(join(tmpdir(), 'switchboard-api-'));
      releases.add('folder', () => rmSync(runDir, { recursive: true }));
      const supabase = await startSupabase({ runDir, providerKeysSecret, people: 'seeded' });
      releases.add('supabase', () => supabase.close());
      const stopping = new AbortController();
      const url = await serveApi({ ...optionsOf(supabase, stopping.signal), ...changed }, releases);
      releases.add('streams', () => stopping.abort());
      return new ApiWorld({ url, supabase, stopping }, releases);
    } catch (thrown) {
      await releases.close();
      throw thrown;
    }
  }

  client(token: string | null): Client {
    return new Client(this.url, token);
  }

  async signIn(person: Person): Promise<Client> {
    return this.client((await this.#auth('token?grant_type=password', seededPeople[person].email)).access_token);
  }

  async signUp(email: string): Promise<Client> {
    return this.client((await this.#auth('signup', email)).access_token);
  }

  /** Past every policy. */
  rows(table: string, filter: Readonly<Record<string, string>> = {}): Promise<Row[]> {
    return askTable(this.supabase, { method: 'GET', table, filter });
  }

  async change(table: string, filter: Readonly<Record<string, string>>, values: Row): Promise<void> {
    await askTable(this.supabase, { method: 'PATCH', table, filter, values });
  }

  /** @param values one row or many */
  async add(table: string, values: Row | readonly Row[]): Promise<void> {
    await askTable(this.supabase, { method: 'POST', table, filter: {}, values });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#releases.close();
  }

  /** Through the same door as the pages. */
  async #auth(path: string, email: string) {
    const response = await fetch(`${this.url}/auth/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email, password: seededPassword }),
      signal: AbortSignal.timeout(requestDeadlineMs),
    });
    return signedInSchema.parse(await response.json());
  }
}

function optionsOf(supabase: RunningSupabase, stopping: AbortSignal): ApiOptions {
  return {
    supabaseUrl: supabase.url,
    anonKey: supabase.anonKey,
    apiToken: supabase.apiToken,
    deadlineMs: 5_000,
    livekit: { url: 'ws://127.0.0.1:1', apiKey: 'devkey', apiSecret: 'x'.repeat(32), deadlineMs: 1_000 },
    livekitPublicUrl: 'ws://127.0.0.1:1',
    roomPrefix: 'call',
    keyRing: parseKeyRing(providerKeysSecret),
    trustedProxies: new Networks('127.0.0.1'),
    stopping,
    log: createLog({ service: 'dispatch', level: 'error', showPii: false }),
  };
}

async function serveApi(options: ApiOptions, releases: Releases): Promise<string> {
  const app = new Hono().route(apiPath, createApi(options)).route('/', pagesApp(options));
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  releases.add('server', () => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a list answered, or one thing of it. */
export function itemsOf(answer: Answer): Row[] {
  const { items } = z.object({ items: z.array(z.record(z.string(), z.unknown())) }).parse(answer.body);
  return items;
}

export function fieldOf(answer: Answer, name: string): unknown {
  return z.record(z.string(), z.unknown()).parse(answer.body)[name];
}
