/**
 * Stands between LiveKit and dispatch: webhooks pass on to every replica as they come, unless whoever opened it says otherwise. That is
 * how one comes late, twice, out of order, or to the wrong replica.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebhookEvent } from 'livekit-server-sdk';

export interface Posted {
  readonly event: WebhookEvent;
  readonly body: string;
  readonly signature: string;
}

export class Relay {
  readonly url: string;
  /** Everything that LiveKit posted. */
  readonly posted: Posted[] = [];
  /** Who gets a webhook; set once the replicas are up. */
  targets: string[] = [];
  /** Takes the place of passing on to all targets. */
  route: ((posted: Posted) => Promise<void>) | undefined;
  readonly #close: () => Promise<void>;

  private constructor(url: string, close: () => Promise<void>) {
    this.url = url;
    this.#close = close;
  }

  static async open(): Promise<Relay> {
    const server = createServer((request, response) => {
      const pass = async () => {
        const body = await text(request);
        await relay.#take({
          event: WebhookEvent.fromJson(JSON.parse(body), { ignoreUnknownFields: true }),
          body,
          signature: request.headers.authorization ?? '',
        });
        response.end();
      };
      // A replica that is not there makes LiveKit try again, as it would without us.
      pass().catch(() => response.writeHead(503).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const relay: Relay = new Relay(`http://127.0.0.1:${port}`, async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    });
    return relay;
  }

  /** Posts a webhook to one replica, or to all. @returns the statuses */
  async pass(posted: Pick<Posted, 'body' | 'signature'>, targets = this.targets): Promise<number[]> {
    const headers = { 'content-type': 'application/webhook+json', authorization: posted.signature };
    const answers = targets.map(async (url) => {
      const response = await fetch(`${url}/livekit/webhook`, { method: 'POST', headers, body: posted.body });
      await response.text();
      return response.status;
    });
    return Promise.all(answers);
  }

  async #take(posted: Posted): Promise<void> {
    this.posted.push(posted);
    await (this.route === undefined ? this.pass(posted) : this.route(posted));
  }

  close(): Promise<void> {
    return this.#close();
  }
}
