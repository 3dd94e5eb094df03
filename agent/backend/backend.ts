/** One call's way to its business's own server: bounded in time and size, signed, and never into the platform's inside. */
import { randomUUID } from 'node:crypto';
import type { Agent, Dispatcher } from 'undici';
import type { TenantConfig } from '../../shared/config/index.ts';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { InsideAddress, outsideAgent } from '../../shared/outside-agent.ts';
import type { CallIdentity } from '../identify.ts';
import type { BackendRequest } from './request.ts';
import { signatureOf } from './sign.ts';

/** What a model can use of an answer, and pay for. */
export const longestAnswerBytes = 8 * 1024;
const tries = { GET: 2, others: 1 };

export type BackendAnswer =
  | { readonly outcome: 'answered'; readonly status: number; readonly text: string; readonly cut: boolean }
  /** Neither JSON nor text. */
  | { readonly outcome: 'unreadable'; readonly status: number }
  | { readonly outcome: 'redirected' | 'unreachable' | 'late' };

export interface BackendParts {
  readonly config: Pick<TenantConfig, 'backend' | 'owner'>;
  /** Stored keys by name. */
  readonly keys: ReadonlyMap<string, string>;
  readonly identity: Pick<CallIdentity, 'session' | 'tenant'>;
  readonly clock: { now(): number };
  readonly log: Logger;
}

export class Backend {
  readonly #parts: BackendParts;
  readonly #agent: Agent;

  constructor(parts: BackendParts) {
    this.#parts = parts;
    this.#agent = outsideAgent(parts.config.owner.private_hosts);
  }

  /** Never throws. Only a GET is tried again, once, where the first try failed early enough. */
  async ask(request: BackendRequest, timeoutMs: number): Promise<BackendAnswer> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const begunMs = performance.now();
    try {
      const most = request.method === 'GET' ? tries.GET : tries.others;
      let answer = await this.#try(request, deadline.signal);
      for (let tried = 1; tried < most && failedInPassing(answer); tried++)
        answer = await this.#try(request, deadline.signal);
      const { method, url } = request;
      const seen = {
        host: url.host,
        method,
        outcome: answer.outcome,
        ...('status' in answer && { status: answer.status }),
      };
      this.#parts.log.info({ backend: { ...seen, tookMs: Math.round(performance.now() - begunMs) } }, 'backend asked');
      return answer;
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #try(request: BackendRequest, signal: AbortSignal): Promise<BackendAnswer> {
    const { method, url, body } = request;
    try {
      const response = await this.#agent.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers: this.#headers(request),
        ...(body !== undefined && { body }),
        signal,
      });
      return await read(response);
    } catch (thrown) {
      if (signal.aborted) return { outcome: 'late' };
      const cause = coerceError(thrown);
      const level = cause instanceof InsideAddress ? 'error' : 'warn';
      this.#parts.log[level]({ err: cause, host: url.host }, 'the backend cannot be reached');
      return { outcome: 'unreachable' };
    }
  }

  #headers({ method, url, body }: BackendRequest): Record<string, string> {
    const { config, keys, identity, clock } = this.#parts;
    const { secret_headers, signing_key } = config.backend;
    const secrets = Object.entries(secret_headers).map(([header, name]) => [header.toLowerCase(), keyOf(keys, name)]);
    const timestampS = Math.floor(clock.now() / 1000);
    const path = `${url.pathname}${url.search}`;
    const signed = { timestampS, method, path, body: body ?? '' };
    return {
      ...Object.fromEntries(secrets),
      accept: 'application/json, text/plain;q=0.9',
      'accept-encoding': 'identity',
      'user-agent': 'switchboard',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      'x-switchboard-tenant': identity.tenant,
      'x-switchboard-call': identity.session,
      'x-switchboard-request': randomUUID(),
      ...(signing_key !== null && { 'x-switchboard-signature': signatureOf(signed, keyOf(keys, signing_key)) }),
    };
  }
}

function failedInPassing(answer: BackendAnswer): boolean {
  return answer.outcome === 'unreachable' || ('status' in answer && answer.status >= 500);
}

async function read({ statusCode: status, headers, body }: Dispatcher.ResponseData): Promise<BackendAnswer> {
  if (status >= 300 && status < 400) {
    await body.dump();
    return { outcome: 'redirected' };
  }
  const type = String(headers['content-type'] ?? '');
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of body) {
    parts.push(part);
    bytes += part.length;
    // Leaving the loop closes the connection: the rest is never read.
    if (bytes > longestAnswerBytes) break;
  }
  if (bytes > 0 && !/^(text\/|application\/([\w.+-]+\+)?json\b)/i.test(type)) return { outcome: 'unreadable', status };
  const text = new TextDecoder().decode(Buffer.concat(parts).subarray(0, longestAnswerBytes), { stream: true });
  return { outcome: 'answered', status, text, cut: bytes > longestAnswerBytes };
}

/** @throws Error for a key that was not opened, which the gate does not let pass */
function keyOf(keys: ReadonlyMap<string, string>, name: string): string {
  const key = keys.get(name);
  if (key === undefined) throw new Error(`the key ${name} was not opened`);
  return key;
}
