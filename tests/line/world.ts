/** A livekit-server, its webhooks and the target: what every test about the line stands on. */
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { RoomServiceClient, type WebhookEvent, WebhookReceiver } from 'livekit-server-sdk';
import { type LivekitServer, startLivekitServer } from '../../dev/stack/livekit-server.ts';
import { freePort } from '../../dev/stack/ports.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { coerceError } from '../../shared/faults.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { redisForTarget, startTarget, type Target } from './target.ts';
import { type TrunkSettings, trunkFile } from './trunk-settings.ts';

/** The caller's participant as LiveKit told it when it joined. */
export interface CallerInRoom {
  readonly room: string;
  readonly identity: string;
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, string>>;
}

const eventDeadlineMs = 15_000;

export class World {
  readonly livekit: LivekitServer;
  readonly target: Target;
  readonly rooms: RoomServiceClient;
  readonly #webhooks: Webhooks;
  readonly #releases: Releases;

  constructor(parts: { livekit: LivekitServer; target: Target; webhooks: Webhooks; releases: Releases }) {
    this.livekit = parts.livekit;
    this.target = parts.target;
    this.#webhooks = parts.webhooks;
    this.#releases = parts.releases;
    this.rooms = new RoomServiceClient(parts.livekit.httpUrl, parts.livekit.apiKey, parts.livekit.apiSecret);
  }

  get sip(): { address: string; port: number } {
    return { address: '127.0.0.1', port: this.target.sipPort };
  }

  /** Callers who dialled this number so far, in the order they joined. */
  callers(called: string): CallerInRoom[] {
    return this.#webhooks.events.flatMap(({ event, room, participant }) =>
      event === 'participant_joined' && participant?.attributes['sip.trunkPhoneNumber'] === called
        ? [{ ...participant, room: room?.name ?? '' }]
        : [],
    );
  }

  /** The first caller of this number; numbers are not used twice in a test file. */
  async caller(called: string): Promise<CallerInRoom> {
    return await waitFor(() => this.callers(called)[0], { what: `a caller of ${called}`, deadlineMs: eventDeadlineMs });
  }

  /** An event about the participant of that room, also one that has already come. */
  async event(name: string, room: string, identity: string): Promise<WebhookEvent> {
    const matches = (e: WebhookEvent): boolean =>
      e.event === name && e.room?.name === room && e.participant?.identity === identity;
    return await waitFor(() => this.#webhooks.events.find(matches), {
      what: `${name} of ${identity} in ${room}`,
      deadlineMs: eventDeadlineMs,
    });
  }

  async close(): Promise<void> {
    await this.#releases.close();
  }
}

/** @param needs what only some tests need and others need not wait for */
export async function startWorld(
  changed: Partial<TrunkSettings> = {},
  needs: { transfers?: boolean } = {},
): Promise<World> {
  const releases = new Releases();
  try {
    const runDir = mkdtempSync(join(tmpdir(), 'switchboard-line-'));
    const webhooks = await Webhooks.open();
    releases.add('webhook receiver', () => webhooks.close());
    const redis = await redisForTarget(runDir, releases, needs.transfers ?? false);
    const livekit = await startLivekitServer({ runDir, webhookUrls: [webhooks.url], ...redis });
    releases.add('livekit-server', () => livekit.close());
    webhooks.trust(livekit);
    const target = await startTarget({ livekit, runDir, trunk: trunkFile(changed), releases }, redis.redisUrl);
    return new World({ livekit, target, webhooks, releases });
  } catch (error) {
    await releases.close();
    throw error;
  }
}

class Webhooks {
  readonly url: string;
  readonly events: WebhookEvent[] = [];
  readonly #server: Server;
  #receiver: WebhookReceiver | undefined;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.url = `http://127.0.0.1:${port}`;
    server.on('request', (request, response) => {
      const receive = async (): Promise<void> => {
        const event = await this.#receiver?.receive(await text(request), request.headers.authorization);
        if (event !== undefined) this.events.push(event);
        response.end();
      };
      receive().catch((error: unknown) => response.writeHead(500).end(coerceError(error).message));
    });
  }

  static async open(): Promise<Webhooks> {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return new Webhooks(server, port);
  }

  trust({ apiKey, apiSecret }: LivekitServer): void {
    this.#receiver = new WebhookReceiver(apiKey, apiSecret);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
