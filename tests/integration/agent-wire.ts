/** A TCP way to a service that can be cut or held, and restored: the service stays up, whoever uses this way finds it gone. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  readonly url: string;
  /** Ends what is open and refuses what comes. */
  cut(): void;
  /** Keeps what is sent this way, until restore(): whoever asks something waits. */
  hold(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function openWire(target: string): Promise<Wire> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let whole = true;
  let held = false;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // The other side going away is what this is for.
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((near) => {
    keep(near);
    if (!whole) return void near.destroy();
    const far = connect(Number(port), hostname);
    keep(far);
    near.pipe(far).pipe(near);
    if (held) near.cork();
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    whole = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut,
    hold: () => {
      held = true;
      for (const socket of sockets) socket.cork();
    },
    restore: () => {
      whole = true;
      held = false;
      for (const socket of sockets) socket.uncork();
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
