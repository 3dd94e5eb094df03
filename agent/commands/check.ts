/** `agent check`: what is missing before `agent start` can answer calls. */
import { RoomServiceClient } from 'livekit-server-sdk';
import { tableOf } from '../../shared/columns.ts';
import { type AgentSettings, agentSettings, readSettings } from '../../shared/env.ts';
import { coerceError } from '../../shared/faults.ts';
import { sqlNumbers } from '../config-source.ts';
import { openAgentDatabase } from '../database.ts';
import type { Command } from './command.ts';

const deadlineS = 5;

export const check: Command = async (_args, environment) => {
  const read = readSettings(agentSettings, environment);
  if (read.outcome === 'incomplete') {
    const rows = read.problems.map((problem) => ['missing', problem]);
    return { code: 1, text: tableOf(rows) };
  }
  const tried = await Promise.all([
    attempt('LiveKit', () => askLivekit(read.settings)),
    attempt('database', () => sqlNumbers(openAgentDatabase(read.settings)).changes(null)),
  ]);
  const rows = [['ok', 'settings', 'all there'], ...tried];
  return { code: tried.every(([state]) => state === 'ok') ? 0 : 1, text: tableOf(rows) };
};

async function attempt(what: string, ask: () => Promise<unknown>): Promise<string[]> {
  try {
    await ask();
    return ['ok', what, 'answers'];
  } catch (thrown) {
    return ['wrong', what, coerceError(thrown).message];
  }
}

function askLivekit({ LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET }: AgentSettings): Promise<unknown> {
  const http = LIVEKIT_URL.replace(/^ws/, 'http');
  const options = { requestTimeout: deadlineS };
  return new RoomServiceClient(http, LIVEKIT_API_KEY, LIVEKIT_API_SECRET, options).listRooms();
}
