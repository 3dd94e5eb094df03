/** A room and nothing else, for what a call costs at the least: `bench/bare-room.ts`. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { AccessToken } from 'livekit-server-sdk';
import { ownVersion } from '../../agent/version.ts';
import { freePort } from '../../dev/stack/ports.ts';
import { repository, startProgram } from '../../dev/stack/program.ts';
import { ready } from '../../dev/stack/services.ts';
import { readyDeadlineMs, type Subject } from '../subject.ts';

export const bareRoom: Subject = {
  name: 'a bare room',
  version: ownVersion(),
  writesProfiles: false,
  // It does not listen: whatever it says into the silence of a caller is no answer.
  endOfTurnMs: 0,
  async start({ livekit, runDir }, { pinned }) {
    const port = await freePort();
    const startedMs = performance.now();
    const started = await startProgram({
      name: `bare-room-${Date.now()}`,
      entry: 'bench/bare-room',
      args: ['--port', String(port)],
      runDir,
      code: 'source',
      under: pinned,
      env: { NODE_OPTIONS: `--import ${join(repository, 'bench', 'loop-probe.mjs')}` },
    });
    const process = await ready(started, 'ready', readyDeadlineMs);
    return {
      process,
      readyMs: performance.now() - startedMs,
      close: () => process.close(),
      async next() {
        const room = `bare_${randomBytes(6).toString('hex')}`;
        const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'agent' });
        token.addGrant({ room, roomJoin: true, canPublish: true, canSubscribe: true });
        const body = JSON.stringify({ url: livekit.url, token: await token.toJwt() });
        return {
          room,
          admit: async () => undefined,
          async place() {
            await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body });
          },
        };
      },
    };
  },
};
