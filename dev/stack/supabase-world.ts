/** The part of the seeded world that only a run can know: where its providers listen, and keys sealed with its secret. */
import { z } from 'zod';
import { tenantKeySchema } from '../../shared/ids.ts';
import { parseKeyRing, sealProviderKey } from '../../shared/provider-keys.ts';
import type { SqlRunner } from './supabase-schema.ts';

export const worldSchema = z.strictObject({
  /** Port of dev/providers; null: the providers' own addresses. */
  providersPort: z.int().nullable(),
  /** As PROVIDER_KEYS_SECRET has it. */
  providerKeysSecret: z.string(),
  providerKeys: z.array(z.strictObject({ tenant: tenantKeySchema, provider: z.string(), key: z.string().min(1) })),
  /** Whether the pool has a worker that is always there: for worlds whose agents do not report themselves. */
  standingWorker: z.boolean(),
});
export type World = z.infer<typeof worldSchema>;

export async function seedWorld(database: SqlRunner, world: World): Promise<void> {
  if (world.providersPort !== null)
    await database.query('update public.platform_settings set config = $1::text::jsonb', [
      platformConfig(world.providersPort),
    ]);
  if (world.standingWorker) await addStandingWorker(database);
  await dropChoicesWithoutKey(database, world);
  const keyRing = parseKeyRing(world.providerKeysSecret);
  for (const { key, ...owner } of world.providerKeys) {
    const { keyId, ciphertext } = sealProviderKey(keyRing, owner, key);
    await database.query(
      `insert into public.provider_keys (organization_id, provider, key_id, ciphertext, last_four)
       select id, $2, $3, $4, $5 from public.organizations where slug = $1`,
      [owner.tenant, owner.provider, keyId, ciphertext, key.slice(-4)],
    );
  }
}

/** Last seen in the far future. Its version tells it from workers that are processes. */
export async function addStandingWorker(database: SqlRunner): Promise<void> {
  await database.query(
    `insert into public.workers (name, pool, version, capacity, seen_at)
     values ('standing', 'switchboard', 'seed', 0, '2100-01-01')`,
    [],
  );
}

/** A seeded agent that names a provider for which the run has no key uses what the platform uses. */
async function dropChoicesWithoutKey(database: SqlRunner, { providerKeys }: World): Promise<void> {
  const withKey = [...new Set(providerKeys.map(({ provider }) => provider))];
  for (const kind of ['stt', 'llm', 'tts'])
    await database.query(
      `update public.agent_instances set config = config - $1::text
       where config -> $1::text ->> 'provider' <> all ($2::text[])`,
      [kind, withKey],
    );
}

/** Every provider that dev/providers speaks for, under the names of the registry. */
function platformConfig(port: number): string {
  const at = (path: string) => ({ base_url: `http://127.0.0.1:${port}${path}` });
  return JSON.stringify({
    providers: {
      openai: at('/openai/v1'),
      'openai-compatible': at('/openai/v1'),
      deepgram: at(''),
      soniox: at('/soniox'),
      elevenlabs: at('/elevenlabs/v1'),
    },
  });
}
