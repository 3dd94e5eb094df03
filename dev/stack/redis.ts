import { connect } from 'node:net';
import { freePort } from './ports.ts';
import { type StackProcess, startProcess } from './process.ts';
import { Revivable } from './revivable.ts';

export interface RedisOptions {
  runDir: string;
  port?: number;
}

export interface Redis {
  /** redis://host:port */
  url: string;
  /** SIGKILL. Nothing of it was on disk. */
  kill(): Promise<void>;
  /** After `kill`: the same port, and empty. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

const READY_DEADLINE_MS = 10_000;
const PING_DEADLINE_MS = 1_000;

/** A Redis of this run alone: its own port on loopback, nothing written to disk, gone when it is closed. */
export async function startRedis({ runDir, port }: RedisOptions): Promise<Redis> {
  const chosen = await freePort(port);
  const redis = await Revivable.start(() => startOn(chosen, runDir));
  return {
    url: `redis://127.0.0.1:${chosen}`,
    kill: () => redis.kill(),
    revive: () => redis.revive(),
    close: () => redis.close(),
  };
}

async function startOn(port: number, runDir: string): Promise<StackProcess> {
  const redis = await startProcess({
    name: 'redis',
    command: 'redis-server',
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', runDir],
    runDir,
  });
  try {
    await redis.until('an answer to PING', READY_DEADLINE_MS, () => answersPing(port));
    return redis;
  } catch (error) {
    await redis.close();
    throw error;
  }
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(PING_DEADLINE_MS, () => socket.destroy());
    socket.once('data', (answer) => {
      resolve(answer.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
