import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { say } from './progress.mjs';

const RETRY_MS = 500;

/**
 * Runs `work` while no other set-up of this folder runs. The lock is a socket in Linux's abstract namespace: the kernel
 * drops it with the process that holds it, so a killed set-up leaves nothing stale behind. Elsewhere there is no lock.
 */
export async function alone(folder, work) {
  if (process.platform !== 'linux') return work();
  const name = `\0switchboard-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`;
  let lock = await hold(name);
  if (!lock) say('another set-up of this folder is running: waiting for it …');
  while (!lock) {
    await delay(RETRY_MS);
    lock = await hold(name);
  }
  try {
    return await work();
  } finally {
    lock.close();
  }
}

async function hold(name) {
  const server = createServer();
  try {
    server.listen(name);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error.code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
