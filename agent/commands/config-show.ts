/** `agent config show`: the configuration that a call would have, field by field, with the layer that set it. */

import { tableOf } from '../../shared/columns.ts';
import { type LayerName, type Origins, type TenantConfig, writerOf } from '../../shared/config/index.ts';
import type { NumberRow } from '../../shared/contracts.ts';
import type { Environment } from '../../shared/env.ts';
import { isObject, type JsonObject, type JsonValue } from '../../shared/merge.ts';
import { reasons } from '../../shared/reasons.ts';
import type { AgentConfig, UsableAgent } from '../config-read.ts';
import type { CommandEnd } from './command.ts';
import type { ConfigOptions } from './config.ts';
import { problemLines, seeNumber } from './number.ts';

const longestValue = 90;

interface Field {
  readonly path: string;
  readonly value: JsonValue;
  readonly origin: LayerName;
}

export async function showConfig(
  called: string,
  { json }: ConfigOptions,
  environment: Environment,
): Promise<CommandEnd> {
  const seen = await seeNumber(called, environment);
  if (seen.outcome === 'end') return seen.end;
  const { row, agent } = seen.number;
  const code = agent.outcome === 'usable' ? 0 : 1;
  return { code, text: json ? JSON.stringify(dataOf(called, row, agent), null, 2) : textOf(called, row, agent) };
}

function textOf(called: string, row: NumberRow, agent: AgentConfig): string {
  const state = row.active && row.organizationActive ? '' : ' — switched off';
  const keys = row.providerKeys.map(({ provider, owner }) => `${provider} (${owner})`).join(', ');
  const head = [
    `${called} ${row.label}, ${row.organizationName} (${row.tenant})${state}`,
    ...versionLines(row, agent),
    `stored keys: ${keys || 'none'}`,
  ];
  if (agent.outcome !== 'usable') return head.join('\n');
  const rows = fieldsOf(agent).map(({ path, value, origin }) => [path, shown(value), origin]);
  return [...head, '', tableOf([['FIELD', 'VALUE', 'SET BY'], ...rows])].join('\n');
}

function versionLines(row: NumberRow, agent: AgentConfig): string[] {
  const written = `revision ${row.configRevision}`;
  switch (agent.outcome) {
    case 'missing':
      return [`${written}: ${reasons.config_missing.sentence}`];
    case 'invalid':
      return [`${written} does not pass its checks, and no older version does:`, ...problemLines(agent.problems)];
    case 'usable':
      if (agent.broken === null) return [`${written}, as it is written now`];
      return [
        `LAST GOOD revision ${agent.revision} is used, because ${written} does not pass its checks:`,
        ...problemLines(agent.broken),
      ];
  }
}

function dataOf(called: string, row: NumberRow, agent: AgentConfig) {
  const { tenant, label, configRevision, active, organizationActive, providerKeys } = row;
  const keys = providerKeys.map(({ provider, owner }) => ({ provider, owner }));
  const about = { number: called, label, tenant, active, organizationActive, writtenRevision: configRevision, keys };
  if (agent.outcome !== 'usable') return { ...about, ...agent };
  const { revision, broken } = agent;
  return {
    ...about,
    outcome: 'usable',
    revision,
    lastGood: broken !== null,
    problems: broken ?? [],
    fields: fieldsOf(agent),
  };
}

function fieldsOf({ config, origins }: UsableAgent): Field[] {
  return leavesOf(config satisfies TenantConfig as unknown as JsonObject, '', origins);
}

/** Lists are one field: a layer replaces them whole. */
function leavesOf(value: JsonObject, prefix: string, origins: Origins): Field[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (isObject(inner) && Object.keys(inner).length > 0) return leavesOf(inner, path, origins);
    return [{ path, value: withoutCredentials(inner), origin: writerOf(path, origins) ?? 'built-in' }];
  });
}

/** An address may carry a user and a password. */
function withoutCredentials(value: JsonValue): JsonValue {
  const text = JSON.stringify(value).replaceAll(/(\b[a-z]+:\/\/)[^/@\s"]+@/g, '$1***@');
  return JSON.parse(text) as JsonValue;
}

function shown(value: JsonValue): string {
  const text = typeof value === 'string' ? value.replaceAll(/\s+/g, ' ') : JSON.stringify(value);
  return text.length <= longestValue ? text : `${text.slice(0, longestValue - 1)}…`;
}
