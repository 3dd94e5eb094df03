/**
 * Probes that somebody asked for from the pages or over the API. The supervisor takes them, since one question a second a host
 * is enough, and a shard runs them: it has the providers' libraries, the keys' secret, and the network that calls have.
 */

import { z } from 'zod';
import { type ConfigProblem, choicesOf, resolveConfig } from '../shared/config/index.ts';
import type { Database } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { Logger } from '../shared/log.ts';
import { type KeyOwner, type KeyRing, openProviderKey, platformOwner } from '../shared/provider-keys.ts';
import { specOf } from '../shared/providers/index.ts';
import { problemsOf } from './config-problems.ts';
import { agentOf } from './config-read.ts';
import { sqlNumbers } from './config-source.ts';
import { type ProbedChoice, probeAgent, probeChoice, unasked } from './probe-choice.ts';
import { type KeyProbe, type NumberProbe, type ProbeOrder, probeOrderSchema } from './probe-order.ts';

/** One service says whether a key is good; the first of these that the provider has is asked. */
const kindsForKeys = ['llm', 'stt', 'tts', 'realtime'] as const;

export interface ProbeResult {
  /** Why the configuration would not do, whatever the providers say. */
  readonly problems: readonly ConfigProblem[];
  readonly services: readonly ProbedChoice[];
}

interface Parts {
  readonly database: Database;
  readonly keyRing: KeyRing;
  /** The name under which the probe was taken. */
  readonly worker: string;
  readonly log: Logger;
}

/** Never throws: what goes wrong is in the log, and whoever waits is told that nobody answered. @param written as it was taken */
export async function runProbe(written: unknown, parts: Parts): Promise<void> {
  try {
    const order = probeOrderSchema.parse(written);
    const result = await resultOf(order, parts);
    const args = { p_id: order.id, p_worker: parts.worker, p_result: result };
    await parts.database.row('finish_probe', args, z.object({ finished: z.boolean() }));
  } catch (thrown) {
    parts.log.error({ err: coerceError(thrown) }, 'a probe could not be run');
  }
}

function resultOf(order: ProbeOrder, parts: Parts): Promise<ProbeResult> {
  switch (order.about) {
    case 'number':
      return resultOfNumber(order, parts);
    case 'key':
      return resultOfKey(order, parts);
  }
}

/** Read anew: whoever tries what they saved a moment ago means that. */
async function resultOfNumber(
  { called, draft, tenant }: NumberProbe,
  { database, keyRing }: Parts,
): Promise<ProbeResult> {
  const saved = await sqlNumbers(database).find(called);
  if (saved?.tenant !== tenant) return problem(`${called} is not a number of this organisation any more`);
  const row = draft === null ? saved : { ...saved, layers: { ...saved.layers, number: draft } };
  const agent = agentOf(row);
  const services = agent.outcome === 'usable' ? await probeAgent(agent, row, keyRing) : [];
  return { problems: problemsOf({ row, agent }), services };
}

/** Where the provider is reached and whether that may be, its tenant's configuration says; the rest is as built in. */
async function resultOfKey({ tenant, key, layers }: KeyProbe, { keyRing }: Parts): Promise<ProbeResult> {
  const { provider } = key;
  const kind = kindsForKeys.find((each) => specOf(provider)?.[each] !== undefined);
  if (kind === undefined)
    return problem(`${provider} is no provider of speech or language: only a call can use this key`);
  const resolved = resolveConfig({
    platform: { providers: layers.platform['providers'] ?? {}, owner: layers.platform['owner'] ?? {} },
    organization: { providers: layers.organization['providers'] ?? {} },
    instance: { [kind]: { provider } },
    number: {},
  });
  if (resolved.outcome === 'invalid') return { problems: resolved.problems, services: [] };
  if (resolved.outcome === 'missing') throw new Error('a configuration without an agent');
  const [placed] = choicesOf(resolved.config, kind);
  if (placed === undefined) throw new Error(`a configuration without ${kind}`);
  try {
    const owner: KeyOwner = { tenant: tenant ?? platformOwner, provider };
    const keys = new Map([[provider, openProviderKey(keyRing, owner, key)]]);
    return { problems: [], services: [await probeChoice(placed, resolved.config, keys)] };
  } catch (thrown) {
    return { problems: [], services: [unasked(placed, `${coerceError(thrown).message}.`)] };
  }
}

function problem(message: string): ProbeResult {
  return { problems: [{ path: '', message, layer: null }], services: [] };
}
