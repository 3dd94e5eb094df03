/**
 * The server's half of psrpc 0.7, LiveKit's own RPC over Redis: how livekit-server reaches the SIP node that has a call.
 *
 *   client  -> `service|method|topic|REQ`     Request: who asks, until when, with what
 *   server  -> `service|client|CLAIM`         ClaimRequest: we could do that
 *   client  -> `service|method|topic|RCLAIM`  ClaimResponse: then do
 *   server  -> `service|client|RES`           Response, or an error with a code and details
 *
 * Each message is wrapped once more with the name of its type. Field numbers are those of psrpc's internal.proto.
 */
import { Redis } from 'ioredis';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import { Fields, type FieldValue, writeFields } from './protobuf.ts';
import { randomId } from './random-id.ts';

export interface RpcMethod {
  readonly service: string;
  readonly method: string;
  /** Letters, digits and `_`: psrpc escapes the rest, and nothing here needs that. */
  readonly topic: string;
}

export type RpcResult = { readonly kind: 'done'; readonly response: Uint8Array } | RpcFailure;

export interface RpcFailure {
  readonly kind: 'failed';
  /** As psrpc writes it: `not_found`, `failed_precondition`, … */
  readonly code: string;
  readonly message: string;
  /** `google.protobuf.Any` messages. */
  readonly details?: readonly Uint8Array[];
}

/** @param expired aborted when the client no longer waits */
export type RpcHandler = (request: Buffer, expired: AbortSignal) => Promise<RpcResult>;

const connectDeadlineMs = 5_000;
const nsPerMs = 1_000_000n;
const typePrefix = 'type.googleapis.com/';
/** What a server with room to spare says; the client takes the first claim it gets. */
const affinity = 1;

interface Waiting {
  readonly method: RpcMethod;
  readonly handle: RpcHandler;
  /** Requests whose claim is awaited. */
  readonly claims: Map<string, (isOurs: boolean) => void>;
}

export class RpcServer {
  readonly #id = `SRV_${randomId(12)}`;
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #log: Logger;
  readonly #listeners = new Map<string, (message: Fields) => void>();

  private constructor(url: string, log: Logger) {
    const connect = (): Redis => new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1 });
    [this.#publisher, this.#subscriber, this.#log] = [connect(), connect(), log];
    for (const redis of [this.#publisher, this.#subscriber])
      redis.on('error', (error: unknown) => log.warn({ err: coerceError(error) }, 'Redis'));
    this.#subscriber.on('messageBuffer', (channel: Buffer, wrapped: Buffer) => this.#receive(`${channel}`, wrapped));
  }

  /** @throws when Redis does not answer within 5 s */
  static async open(url: string, log: Logger): Promise<RpcServer> {
    const server = new RpcServer(url, log);
    try {
      const connected = Promise.all([server.#publisher.connect(), server.#subscriber.connect()]);
      await withDeadline('connecting to Redis', connectDeadlineMs, connected);
      return server;
    } catch (error) {
      server.close();
      throw error;
    }
  }

  /** @returns what ends the serving and never fails; requests that are being handled are still answered */
  async serve(method: RpcMethod, handle: RpcHandler): Promise<() => Promise<void>> {
    const waiting: Waiting = { method, handle, claims: new Map() };
    const path = `${method.service}|${method.method}|${method.topic}`;
    this.#listeners.set(`${path}|REQ`, (message) => this.#takeRequest(waiting, message));
    this.#listeners.set(`${path}|RCLAIM`, (message) =>
      waiting.claims.get(message.text(1))?.(message.text(2) === this.#id),
    );
    const channels = [`${path}|REQ`, `${path}|RCLAIM`];
    await this.#subscriber.subscribe(...channels);
    return async () => {
      for (const channel of channels) this.#listeners.delete(channel);
      const failed = (error: unknown) => this.#log.warn({ err: coerceError(error) }, 'could not unsubscribe');
      await this.#subscriber.unsubscribe(...channels).catch(failed);
    };
  }

  close(): void {
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #receive(channel: string, wrapped: Buffer): void {
    try {
      this.#listeners.get(channel)?.(new Fields(new Fields(wrapped).bytes(2)));
    } catch (error) {
      this.#log.warn({ err: coerceError(error), channel }, 'an RPC message could not be read');
    }
  }

  #takeRequest(waiting: Waiting, request: Fields): void {
    const leftMs = Number(request.integer(4) / nsPerMs) - Date.now();
    if (leftMs <= 0) return;
    const expired = new AbortController();
    const timer = setTimeout(() => expired.abort(), leftMs);
    this.#answer(waiting, request, expired.signal)
      .catch((error: unknown) =>
        this.#log.error({ err: coerceError(error), method: waiting.method.method }, 'an RPC was not answered'),
      )
      .finally(() => clearTimeout(timer));
  }

  async #answer(waiting: Waiting, request: Fields, expired: AbortSignal): Promise<void> {
    const [requestId, clientId] = [request.text(1), request.text(2)];
    const reply = { service: waiting.method.service, clientId };
    const claimed = this.#awaitClaim(waiting, requestId, expired);
    await this.#publish({ ...reply, kind: 'CLAIM', type: 'ClaimRequest' }, [
      [1, requestId],
      [2, this.#id],
      [3, affinity],
    ]);
    if (!(await claimed)) return;
    const result = await waiting.handle(request.bytes(8), expired);
    await this.#publish({ ...reply, kind: 'RES', type: 'Response' }, [
      [1, requestId],
      [2, this.#id],
      [3, BigInt(Date.now()) * nsPerMs],
      ...fieldsOf(result),
    ]);
  }

  /** False when another server was chosen, or none in time. */
  async #awaitClaim({ claims }: Waiting, requestId: string, expired: AbortSignal): Promise<boolean> {
    try {
      return await new Promise((resolve) => {
        claims.set(requestId, resolve);
        expired.addEventListener('abort', () => resolve(false), { once: true });
      });
    } finally {
      claims.delete(requestId);
    }
  }

  async #publish(
    to: { service: string; clientId: string; kind: 'CLAIM' | 'RES'; type: string },
    fields: [number, FieldValue][],
  ): Promise<void> {
    const wrapped = writeFields([
      [1, `${typePrefix}internal.${to.type}`],
      [2, writeFields(fields)],
    ]);
    await this.#publisher.publish(`${to.service}|${to.clientId}|${to.kind}`, wrapped);
  }
}

function fieldsOf(result: RpcResult): [number, FieldValue][] {
  if (result.kind === 'done') return [[7, result.response]];
  const details = (result.details ?? []).map((detail): [number, FieldValue] => [8, detail]);
  return [[5, result.message], [6, result.code], ...details];
}
