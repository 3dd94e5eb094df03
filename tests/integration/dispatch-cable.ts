/** A loopback cable to a server that a test can pull out and plug in again. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../dev/stack/ports.ts';

export class Cable {
  /** The server's address, by way of this cable. */
  readonly url: string;
  readonly #port: number;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(targetUrl: string, port: number) {
    const target = new URL(targetUrl);
    this.#target = { host: target.hostname, port: Number(target.port) };
    this.#port = port;
    target.port = String(port);
    this.url = target.href.replace(/\/$/, '');
  }

  /** A cable that is not plugged in yet. */
  static async to(targetUrl: string): Promise<Cable> {
    return new Cable(targetUrl, await freePort());
  }

  async plug(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(this.#target);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => this.#sockets.delete(one));
        one.pipe(other);
      }
    });
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#server = server;
  }

  async pull(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
