/** Configurations: one layer each of the platform, an organisation, an agent and a number. */
import { hc, type InferResponseType } from 'hono/client';
import type { agentsApi } from '../../../dispatch/api/resources/agents.ts';
import type { layersApi } from '../../../dispatch/api/resources/layers.ts';
import { type JsonObject, type JsonValue, jsonIn, objectIn } from './json.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, read, sending } from './request.ts';

const client = hc<ReturnType<typeof layersApi>>(apiPath, sending).config[':of'][':id'];
const agents = hc<ReturnType<typeof agentsApi>>(apiPath, sending);

export type LayerName = 'built-in' | 'platform' | 'organization' | 'instance' | 'number';
export type Agent = Awaited<ReturnType<typeof listAgents>>['items'][number];

/** What is written on one layer. */
export interface Layer {
  readonly config: JsonObject;
  readonly revision: number;
}

export interface Version extends Layer {
  readonly savedAt: string;
  readonly savedBy: string | null;
  readonly active: boolean;
}

export interface FieldMessage {
  readonly path: string;
  readonly message: string;
}

export interface EffectiveField {
  readonly path: string;
  readonly value: JsonValue;
  readonly layer: LayerName;
  /** What it would be if the number said nothing; left out where that is the same. */
  readonly inherited?: JsonValue;
}

export type Effective =
  | { readonly outcome: 'usable'; readonly fields: readonly EffectiveField[] }
  | { readonly outcome: 'missing' }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldMessage[] };

interface Checked {
  readonly problems: readonly FieldMessage[];
  readonly effective: Effective;
}

const number = (id: string) => ({ of: 'numbers' as const, id });

export async function readLayer(id: string): Promise<Layer> {
  const { config, revision } = await read(client.$get({ param: number(id) }));
  return { config: objectIn(config), revision };
}

/** @param seen revision that was changed: another one that was saved meanwhile is not overwritten */
export function saveLayer(id: string, config: JsonObject, seen: number) {
  return read(client.$put({ param: number(id), json: config, header: { 'if-match': `"${seen}"` } }));
}

export async function checkLayer(id: string, config: JsonObject): Promise<Checked> {
  const { problems, effective } = await read(client.check.$post({ param: number(id), json: config }));
  return { problems, effective: effectiveIn(effective) };
}

export async function readEffective(id: string): Promise<Effective> {
  return effectiveIn(await read(client.effective.$get({ param: number(id) })));
}

export async function listVersions(id: string, page: Page = {}) {
  const { items, next } = await read(client.versions.$get({ param: number(id), query: pageOf(page) }));
  return { items: items.map((version): Version => ({ ...version, config: objectIn(version.config) })), next };
}

export function restoreVersion(id: string, revision: number) {
  return read(client.versions[':revision'].restore.$post({ param: { ...number(id), revision: String(revision) } }));
}

export function listAgents(organization: string, page: Page = {}) {
  return read(agents.agents.$get({ query: { organization, ...pageOf(page) } }));
}

type EffectiveAnswer = InferResponseType<typeof client.effective.$get>;

function effectiveIn(answer: EffectiveAnswer): Effective {
  if (answer.outcome !== 'usable') return answer;
  const fields = answer.fields.map(({ path, value, layer, inherited }): EffectiveField => {
    const below = inherited === undefined ? {} : { inherited: jsonIn(inherited) };
    return { path, value: jsonIn(value), layer, ...below };
  });
  return { outcome: 'usable', fields };
}
