import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Below Linux's range for outgoing connections (32768 and up): a port chosen there can be taken by somebody's
 * outgoing connection between our look and the child's bind. Above the RTP range of the trunk (10000-12000).
 */
const FIRST_PORT = 20_000;
const LAST_PORT = 32_000;
const TRIES = 200;

/** A loopback port on which neither TCP nor UDP listens: `preferred` when that one is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const port = FIRST_PORT + Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
    if (await isFree(port)) return port;
  }
  throw new Error(`found no free port between ${FIRST_PORT} and ${LAST_PORT} in ${TRIES} tries`);
}

/** Whether both TCP and UDP can bind this port on 127.0.0.1. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port)) && (await canBind(port));
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer();
  const bound = settles(server, 'listening');
  server.listen(port, '127.0.0.1');
  const free = await bound;
  if (free) await new Promise((resolve) => server.close(resolve));
  return free;
}

async function canBind(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  const bound = settles(socket, 'listening');
  socket.bind(port, '127.0.0.1');
  const free = await bound;
  await new Promise<void>((resolve) => socket.close(resolve));
  return free;
}

/** True when the event comes, false when an error comes first; only "port taken" errors are an answer. */
async function settles(emitter: NodeJS.EventEmitter, event: string): Promise<boolean> {
  try {
    await once(emitter, event);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
}
