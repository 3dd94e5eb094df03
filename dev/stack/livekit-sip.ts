import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answersHttp } from './http.ts';
import type { LivekitServer } from './livekit-server.ts';
import { freePort } from './ports.ts';
import { type StackProcess, startProcess } from './process.ts';

export interface LivekitSipOptions {
  /** Path of a livekit-sip binary. */
  binary: string;
  runDir: string;
  livekit: LivekitServer;
  redisUrl: string;
  sipPort: number;
}

const READY_DEADLINE_MS = 15_000;

/** The real LiveKit SIP in the place of dev/line, for whoever has its binary. Trunk and rule must be provisioned. */
export async function startLivekitSip(options: LivekitSipOptions): Promise<StackProcess> {
  const { binary, runDir, livekit, redisUrl, sipPort } = options;
  const healthPort = await freePort();
  const config = join(runDir, 'livekit-sip.yaml');
  writeFileSync(
    config,
    JSON.stringify({
      api_key: livekit.apiKey,
      api_secret: livekit.apiSecret,
      ws_url: livekit.url,
      redis: { address: new URL(redisUrl).host },
      sip_port: sipPort,
      listen_ip: '127.0.0.1',
      // Its own search for an address skips loopback.
      nat_1_to_1_ip: '127.0.0.1',
      rtp_port: '10000-12000',
      // By default an ended call keeps its ports for 30 s more, and a run of many short calls would find none.
      rtp_draining_idle_timeout: '-1s',
      rtp_draining_duration: '-1s',
      health_port: healthPort,
    }),
    { mode: 0o600 },
  );
  const sip = await startProcess({ name: 'livekit-sip', command: binary, args: ['--config', config], runDir });
  try {
    await sip.until('its health check', READY_DEADLINE_MS, () => answersHttp(`http://127.0.0.1:${healthPort}`));
    return sip;
  } catch (error) {
    await sip.close();
    throw error;
  }
}
