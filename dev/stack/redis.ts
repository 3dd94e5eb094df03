import { connect } from 'node:net';
import { freePort } from './ports.ts';
import { startProcess } from './process.ts';

export interface RedisOptions {
  runDir: string;
  port?: number;
}

export interface Redis {
  /** redis://host:port */
  url: string;
  close(): Promise<void>;
}

const READY_DEADLINE_MS = 10_000;
const PING_DEADLINE_MS = 1_000;

/** A Redis of this run alone: its own port on loopback, nothing written to disk, gone when it is closed. */
export async function startRedis({ runDir, port }: RedisOptions): Promise<Redis> {
  const chosen = await freePort(port);
  const redis = await startProcess({
    name: 'redis',
    command: 'redis-server',
    args: ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', runDir],
    runDir,
  });
  try {
    await redis.until('an answer to PING', READY_DEADLINE_MS, () => answersPing(chosen));
  } catch (error) {
    await redis.close();
    throw error;
  }
  return { url: `redis://127.0.0.1:${chosen}`, close: () => redis.close() };
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
