/** What production has and a laptop has not: the providers, and LiveKit SIP's side of the line. */
import { join } from 'node:path';
import { noPrograms } from '../../agent/shard-environment.ts';
import type { LivekitServer } from './livekit-server.ts';
import { freePort } from './ports.ts';
import type { StackProcess } from './process.ts';
import { repository, startProgram } from './program.ts';
import { ready } from './services.ts';
import { yielding } from './yielding.ts';

/** espeak-ng speaks each known sentence once before the stand-ins listen, so that they can recognise it. */
const PROVIDERS_DEADLINE_MS = 60_000;
/** The plugins keep connections open that the stand-ins would wait for; nothing here is worth that wait. */
const PROVIDERS_GRACE_MS = 500;
const LINE_DEADLINE_MS = 20_000;

export interface Providers {
  /** On 127.0.0.1; below it the providers' own paths, and /control. */
  port: number;
  close(): Promise<void>;
}

export async function startProviders({ runDir }: { runDir: string }): Promise<Providers> {
  const port = await freePort();
  const started = await startProgram({
    name: 'providers',
    entry: 'dev/providers/main',
    args: ['--port', String(port)],
    runDir,
    code: 'source',
    graceMs: PROVIDERS_GRACE_MS,
  });
  const process = await ready(started, 'listening', PROVIDERS_DEADLINE_MS);
  return { port, close: () => process.close() };
}

export interface LineOptions {
  runDir: string;
  livekit: LivekitServer;
  /** The one livekit-server has; without it calls cannot be transferred. */
  redisUrl?: string | undefined;
  /** SIP over UDP on 127.0.0.1. */
  sipPort: number;
  /** Of its log. */
  name?: string;
  /** Gives way to everything else on this machine. */
  yields?: boolean;
}

export async function startLine(options: LineOptions): Promise<StackProcess> {
  const { runDir, livekit, redisUrl, sipPort, name = 'line', yields = false } = options;
  const started = await startProgram({
    name,
    entry: 'dev/line/main',
    args: [
      ...['--livekit-url', livekit.url, '--api-key', livekit.apiKey, '--api-secret', livekit.apiSecret],
      ...(redisUrl === undefined ? [] : ['--redis-url', redisUrl]),
      ...['--sip-port', String(sipPort), '--trunk-file', join(repository, 'sip-trunk.json')],
    ],
    runDir,
    code: 'source',
    under: yields ? yielding() : [],
    // Its calls join rooms, as those of a shard do.
    env: { PATH: noPrograms },
  });
  return ready(started, 'listening', LINE_DEADLINE_MS);
}
