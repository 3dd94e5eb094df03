/**
 * The Supabase of a local run: starts the embedded one in its own process and makes the tokens with which each service
 * comes in. Nothing is kept: a run starts with the seeded world and takes it along when it ends.
 */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tenantKeySchema } from '../../shared/ids.ts';
import { startProgram } from './program.ts';
import type { SupabaseMainOptions } from './supabase-main.ts';
import { signToken } from './supabase-token.ts';

export interface SupabaseOptions {
  /** Folder of this run. */
  readonly runDir: string;
  /** Port of dev/providers; left out: the agents call the providers' own addresses. */
  readonly providersPort?: number | undefined;
  /** 64 hexadecimal digits: seals the provider keys. */
  readonly providerKeysSecret: string;
  /** Left out: keys that only dev/providers takes, another for each organisation and provider. */
  readonly providerKeys?: readonly ProviderKey[] | undefined;
  /** False: calls come in once real workers have reported themselves; left out: one that is no process is always there. */
  readonly standingWorker?: boolean;
  /** `seeded`: people who can sign in (supabase-people.ts); left out: there are none. */
  readonly people?: 'seeded' | undefined;
  /** An empty database of a real Postgres, as superuser; left out: a PGlite in memory. */
  readonly postgresUrl?: string | undefined;
}

export interface ProviderKey {
  readonly tenant: string;
  readonly provider: string;
  readonly key: string;
}

export interface RunningSupabase {
  readonly url: string;
  readonly anonKey: string;
  readonly agentToken: string;
  readonly dispatchToken: string;
  /** For requests that come to the API with a key. */
  readonly apiToken: string;
  /** For the commands of whoever runs the platform, such as `dispatch import-did`. */
  readonly operatorToken: string;
  /** Passes every policy: for tests and for looking, never for a service. */
  readonly serviceToken: string;
  /** Stops it where it stands: connections stay open and nobody answers, as with a host that lost its network. */
  freeze(): void;
  thaw(): void;
  /** Token of a signed-in user. */
  userToken(userId: string): string;
  close(): Promise<void>;
}

const bootDeadlineMs = 60_000;
const seededTenants = ['harbor-pizza', 'studio-bianchi'];
const devProviders = ['openai', 'deepgram', 'soniox', 'elevenlabs'];

export async function startSupabase(options: SupabaseOptions): Promise<RunningSupabase> {
  const jwtSecret = randomBytes(32).toString('hex');
  const anonKey = `sb_publishable_${randomBytes(16).toString('hex')}`;
  const optionsFile = join(options.runDir, 'supabase.json');
  // A file and not arguments: those everybody on the machine can read.
  writeFileSync(optionsFile, JSON.stringify(mainOptions(options, { jwtSecret, anonKey })), { mode: 0o600 });
  const program = await startProgram({
    name: 'supabase',
    entry: 'dev/stack/supabase-main',
    args: [optionsFile],
    runDir: options.runDir,
    code: 'source',
  });
  try {
    const { url } = z.object({ url: z.url() }).parse(await program.logged('supabase listens', bootDeadlineMs));
    return {
      url,
      anonKey,
      agentToken: signToken(jwtSecret, { role: 'switchboard_agent' }),
      dispatchToken: signToken(jwtSecret, { role: 'switchboard_dispatch' }),
      apiToken: signToken(jwtSecret, { role: 'authenticated', calls_for: 'api_key' }),
      operatorToken: signToken(jwtSecret, { role: 'switchboard_operator' }),
      serviceToken: signToken(jwtSecret, { role: 'service_role' }),
      userToken: (userId) => signToken(jwtSecret, { role: 'authenticated', sub: userId }),
      freeze: () => program.signal('SIGSTOP'),
      thaw: () => program.signal('SIGCONT'),
      close: async () => {
        // A process that is stopped does not hear SIGTERM.
        program.signal('SIGCONT');
        await program.close();
      },
    };
  } catch (thrown) {
    await program.close();
    throw thrown;
  }
}

function mainOptions(
  options: SupabaseOptions,
  access: Pick<SupabaseMainOptions, 'jwtSecret' | 'anonKey'>,
): SupabaseMainOptions {
  const keys = options.providerKeys ?? devProviderKeys();
  return {
    ...access,
    postgresUrl: options.postgresUrl ?? null,
    people: options.people === 'seeded',
    world: {
      providersPort: options.providersPort ?? null,
      providerKeysSecret: options.providerKeysSecret,
      standingWorker: options.standingWorker ?? true,
      providerKeys: keys.map((owner) => ({ ...owner, tenant: tenantKeySchema.parse(owner.tenant) })),
    },
  };
}

function devProviderKeys(): ProviderKey[] {
  return seededTenants.flatMap((tenant) =>
    devProviders.map((provider) => ({ tenant, provider, key: `dev-${provider}-${tenant}` })),
  );
}
