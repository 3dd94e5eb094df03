import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findLivekitServer, LIVEKIT_SERVER_VERSION } from '../setup/binaries.mjs';
import { answersHttp } from './http.ts';
import { freePort } from './ports.ts';
import { type StackProcess, startProcess } from './process.ts';
import { Revivable } from './revivable.ts';
import { surroundings } from './surroundings.ts';

export interface LivekitServerOptions {
  runDir: string;
  /** Taken when free; otherwise, and by default, any free port. */
  port?: number;
  /** Where webhooks go. The receiver may start later: the server tries again. */
  webhookUrls?: readonly string[];
  /** redis://host:port. With Redis the server offers its SIP API (trunks, rules), without it does not. */
  redisUrl?: string;
}

export interface LivekitServer {
  /** For participants: ws://… */
  url: string;
  /** For the server API: http://… */
  httpUrl: string;
  apiKey: string;
  apiSecret: string;
  /** SIGKILL. Participants are not told. */
  kill(): Promise<void>;
  /** After `kill`: the same ports and keys, and no room. */
  revive(): Promise<void>;
  close(): Promise<void>;
}

const READY_DEADLINE_MS = 15_000;
/** Its own drain looks for leftover participants every 5 s, and nothing here is worth that wait. */
const GRACE_MS = 300;

/** A real livekit-server that neither listens on nor asks anything outside loopback. */
export async function startLivekitServer(options: LivekitServerOptions): Promise<LivekitServer> {
  const command = findLivekitServer(surroundings);
  if (!command) {
    throw new Error(`livekit-server ${LIVEKIT_SERVER_VERSION} was not found: run \`node dev/setup.mjs start\` once`);
  }
  const keys = { apiKey: 'devkey', apiSecret: randomBytes(32).toString('hex') };
  const port = await freePort(options.port);
  const config = await writeConfig(options, port, keys);
  const httpUrl = `http://127.0.0.1:${port}`;
  const server = await Revivable.start(async () => {
    const process = await startProcess({
      name: 'livekit-server',
      command,
      args: ['--config', config],
      runDir: options.runDir,
      graceMs: GRACE_MS,
    });
    return answering(process, httpUrl);
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    httpUrl,
    ...keys,
    kill: () => server.kill(),
    revive: () => server.revive(),
    close: () => server.close(),
  };
}

async function answering(server: StackProcess, httpUrl: string): Promise<StackProcess> {
  try {
    await server.until(`an answer at ${httpUrl}`, READY_DEADLINE_MS, () => answersHttp(httpUrl));
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

type Keys = Pick<LivekitServer, 'apiKey' | 'apiSecret'>;

/** Written as JSON, which is YAML too. */
async function writeConfig(options: LivekitServerOptions, port: number, keys: Keys): Promise<string> {
  const config = {
    port,
    bind_addresses: ['127.0.0.1'],
    keys: { [keys.apiKey]: keys.apiSecret },
    rtc: {
      tcp_port: await freePort(),
      udp_port: await freePort(),
      node_ip: '127.0.0.1',
      use_external_ip: false,
      enable_loopback_candidate: true,
      interfaces: { includes: ['lo'] },
      // Left out, clients are told the names of public STUN servers and look them up for every call.
      stun_servers: [`127.0.0.1:${await freePort()}`],
    },
    room: { auto_create: true, empty_timeout: 20, departure_timeout: 5 },
    webhook: { api_key: keys.apiKey, urls: options.webhookUrls ?? [] },
    ...(options.redisUrl ? { redis: { address: new URL(options.redisUrl).host } } : {}),
  };
  mkdirSync(options.runDir, { recursive: true });
  const path = join(options.runDir, 'livekit.yaml');
  writeFileSync(path, JSON.stringify(config, null, 2), { mode: 0o600 });
  return path;
}
