/** What the process of a shard finds in its environment. */
import { type Environment, settings as known } from '../shared/env.ts';
import { providerSpecs } from '../shared/providers/index.ts';

/**
 * With every join the native library asks `lsb_release -a` and `getconf` what it runs on, and waits for them: 31 ms of a shell
 * and its children where they are installed (Debian 12, `time lsb_release -a`), of 65 ms that a join takes in all. Where it finds
 * neither it reads /etc/os-release instead. A shard runs no other program by its name alone.
 */
export const noPrograms = '/nonexistent';

/** The machine's variables, without our settings and without keys that a provider's plugin would use for a tenant who has none. */
export function shardEnvironment(source: Environment): Environment {
  const ofProviders = new Set(providerSpecs.flatMap(({ environment }) => environment));
  const kept = ([name]: [string, unknown]) =>
    !(name in known) && !ofProviders.has(name) && !/^(OPENAI|DEEPGRAM|LIVEKIT|SUPABASE)_/.test(name);
  return { ...Object.fromEntries(Object.entries(source).filter(kept)), NODE_ENV: 'production', PATH: noPrograms };
}
