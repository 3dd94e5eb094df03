/**
 * The operator's side of the database: the functions that only commands call, with the token of `switchboard_operator`. They
 * name things as people do, by tenant key, agent name and number, and leave alone what is undefined here.
 */
import { z } from 'zod';
import type { Database } from '../shared/db.ts';
import { tenantKeySchema } from '../shared/ids.ts';
import type { JsonObject } from '../shared/merge.ts';
import { platformOwner, type SealedKey } from '../shared/provider-keys.ts';

const jsonObject = z.record(z.string(), z.json()).transform((value): JsonObject => value);
const revision = z.coerce.number();

/** Which row of which layer, as people name it. */
export type LayerAddress =
  | { readonly layer: 'platform' }
  | { readonly layer: 'organization'; readonly organization: string }
  | { readonly layer: 'instance'; readonly organization: string; readonly agent: string }
  | { readonly layer: 'number'; readonly number: string };

const putSchema = z.object({ created: z.boolean(), changed: z.boolean(), revision });
export type Put = z.infer<typeof putSchema>;

const writtenSchema = z.object({ config: jsonObject, revision });
export type Written = z.infer<typeof writtenSchema>;

const versionSchema = z
  .object({
    revision,
    saved_at: z.string(),
    saved_by: z.string().nullable(),
    active: z.boolean(),
    config: jsonObject,
  })
  .transform(({ saved_at: savedAt, saved_by: savedBy, ...version }) => ({ ...version, savedAt, savedBy }));
export type Version = z.infer<typeof versionSchema>;

const assignedSchema = z
  .object({
    phone_number: z.string(),
    organization: z.string().nullable(),
    agent: z.string().nullable(),
    label: z.string(),
    active: z.boolean(),
  })
  .transform(({ phone_number: phoneNumber, ...assigned }) => ({ ...assigned, phoneNumber }));
export type Assigned = z.infer<typeof assignedSchema>;

const sealedSchema = z
  .object({
    id: z.string(),
    tenant: z.union([z.literal(platformOwner), tenantKeySchema]),
    provider: z.string(),
    key_id: z.string(),
    ciphertext: z.string(),
  })
  .transform(({ key_id: keyId, ...key }) => ({ ...key, keyId }));
export type StoredSecret = z.infer<typeof sealedSchema>;

export interface NumberToPut {
  readonly organization: string;
  readonly number: string;
  readonly label?: string;
  /** Null: the default agent of the organisation. */
  readonly agent: string | null;
  readonly override?: JsonObject;
  readonly active?: boolean;
  readonly maxConcurrentCalls?: number;
}

export class Operator {
  readonly #database: Database;
  readonly #by: string;

  /** @param by the name that history shows */
  constructor(database: Database, by: string) {
    this.#database = database;
    this.#by = by;
  }

  /** Undefined: there is no such row. */
  async written(address: LayerAddress): Promise<Written | undefined> {
    const [row] = await this.#database.rows('current_config', namesOf(address), writtenSchema);
    return row;
  }

  /** Newest first. */
  history(address: LayerAddress, limit: number): Promise<Version[]> {
    return this.#database.rows('config_history', { ...namesOf(address), p_limit: limit }, versionSchema);
  }

  /** Saves an old version again, as a new one; not restored: it is the active one, or its row is gone. */
  restore(version: number): Promise<{ restored: boolean; revision: number | null }> {
    const row = z.object({ restored: z.boolean(), revision: revision.nullable() });
    return this.#database.row('restore_config', { p_revision: version, p_by: this.#by }, row);
  }

  putPlatform(config: JsonObject): Promise<Put> {
    return this.#put('put_platform', { p_config: config });
  }

  putOrganization(slug: string, { name, config }: { name?: string; config?: JsonObject }): Promise<Put> {
    return this.#put('put_organization', { p_slug: slug, p_name: name ?? null, p_config: config ?? null });
  }

  putAgent(organization: string, agent: string, wanted: { isDefault?: boolean; config: JsonObject }): Promise<Put> {
    const { isDefault = null, config } = wanted;
    const names = { p_organization: organization, p_name: agent };
    return this.#put('put_agent', { ...names, p_default: isDefault, p_config: config });
  }

  putNumber({ organization, number, agent, ...wanted }: NumberToPut): Promise<Put> {
    return this.#put('put_number', {
      p_organization: organization,
      p_phone_number: number,
      p_label: wanted.label ?? null,
      p_agent: agent,
      p_override: wanted.override ?? null,
      p_active: wanted.active ?? null,
      p_max_concurrent_calls: wanted.maxConcurrentCalls ?? null,
    });
  }

  numbers(numbers: readonly string[]): Promise<Assigned[]> {
    return this.#database.rows('numbers_as_assigned', { p_phone_numbers: numbers }, assignedSchema);
  }

  /** @param organization null: the platform's own key */
  putKey(organization: string | null, provider: string, sealed: SealedKey & { lastFour: string }) {
    const args = {
      p_organization: organization,
      p_provider: provider,
      p_key_id: sealed.keyId,
      p_ciphertext: sealed.ciphertext,
      p_last_four: sealed.lastFour,
    };
    return this.#database.row('put_provider_key', args, z.object({ id: z.string(), created: z.boolean() }));
  }

  /** Every key in use that another secret than this one sealed. */
  keysNotSealedBy(keyId: string): Promise<StoredSecret[]> {
    return this.#database.rows('sealed_keys', { p_not_key_id: keyId }, sealedSchema);
  }

  /** False: somebody changed the key meanwhile, and what they wrote stands. */
  async reseal(was: StoredSecret, sealed: SealedKey): Promise<boolean> {
    const args = { p_id: was.id, p_key_id: sealed.keyId, p_ciphertext: sealed.ciphertext, p_was: was.ciphertext };
    const { resealed } = await this.#database.row('reseal_key', args, z.object({ resealed: z.boolean() }));
    return resealed;
  }

  #put(name: string, args: Readonly<Record<string, unknown>>): Promise<Put> {
    return this.#database.row(name, { ...args, p_by: this.#by }, putSchema);
  }
}

function namesOf(address: LayerAddress) {
  switch (address.layer) {
    case 'platform':
      return { p_layer: address.layer, p_organization: null, p_name: null };
    case 'organization':
      return { p_layer: address.layer, p_organization: address.organization, p_name: null };
    case 'instance':
      return { p_layer: address.layer, p_organization: address.organization, p_name: address.agent };
    case 'number':
      return { p_layer: address.layer, p_organization: null, p_name: address.number };
  }
}
