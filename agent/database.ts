import { type Database, openDatabase } from '../shared/db.ts';
import type { lookingSettings, Settings } from '../shared/env.ts';

/** The database as the role of the agent may use it. */
export function openAgentDatabase(settings: Settings<(typeof lookingSettings)[number]>): Database {
  return openDatabase({
    url: settings.SUPABASE_URL,
    anonKey: settings.SUPABASE_ANON_KEY,
    token: settings.SUPABASE_AGENT_TOKEN,
    deadlineMs: settings.DATABASE_DEADLINE_MS,
  });
}
