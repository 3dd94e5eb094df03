/**
 * Makes the database what a directory of DID files says. The same directory imported again changes nothing; what people
 * changed since in the labels, overrides and switches of numbers stays.
 */
import { type ConfigDifference, diffConfigs } from '../../shared/config/diff.ts';
import { resolveConfig } from '../../shared/config/index.ts';
import type { JsonObject } from '../../shared/merge.ts';
import type { FileProblem } from '../json-file.ts';
import type { Assigned, Operator, Put } from '../operator.ts';
import { type DidAgent, spellingsOf } from './directory.ts';

/** The row that stands for every number that no other row has. */
export const anyNumber = '*';
/** It is one row for all the numbers that nobody has, so that one call at a time would be few. */
const anyNumberFresh = { label: 'any other number', active: false, maxConcurrentCalls: 10 };

export interface ImportChange {
  readonly what: 'organization' | 'agent' | 'number';
  /** `harbor-pizza`, `harbor-pizza/2001`, `2001`. */
  readonly name: string;
  readonly outcome: 'created' | 'changed' | 'unchanged';
  readonly differences: readonly ConfigDifference[];
  /** What the trunk may deliver so that a call reaches this number. */
  readonly reachedBy?: readonly string[];
  readonly notes: readonly string[];
}

interface Step {
  readonly planned: ImportChange;
  /** Null: there is nothing to do, and it would not be right to do it. */
  readonly put: (() => Promise<Put>) | null;
}

export type ImportPlan =
  | { readonly outcome: 'planned'; readonly steps: readonly Step[] }
  | { readonly outcome: 'broken'; readonly problems: readonly FileProblem[] };

/** Reads and checks everything, changes nothing. */
export async function planImport(agents: readonly DidAgent[], operator: Operator): Promise<ImportPlan> {
  const slugs = [...new Set(agents.map(({ organization }) => organization))];
  const platform = (await operator.written({ layer: 'platform' }))?.config ?? {};
  const organizations = new Map<string, JsonObject | undefined>();
  for (const slug of slugs)
    organizations.set(slug, (await operator.written({ layer: 'organization', organization: slug }))?.config);
  const assigned = new Map((await operator.numbers(agents.map(numberOf))).map((row) => [row.phoneNumber, row]));

  const problems = agents.flatMap((agent) => [
    ...checkAgent(agent, platform, organizations.get(agent.organization) ?? {}),
    ...checkNumber(agent, assigned.get(numberOf(agent))),
  ]);
  if (problems.length > 0) return { outcome: 'broken', problems };
  const made = slugs.map((slug) => organizationStep(slug, agents, organizations.get(slug) !== undefined, operator));
  const steps: Step[] = [];
  for (const agent of agents) steps.push(await agentStep(agent, operator));
  const numbers = agents.map((agent) => numberStep(agent, assigned.get(numberOf(agent)), operator));
  return { outcome: 'planned', steps: [...made, ...steps, ...numbers] };
}

/** @param tell hears of each step as it is done @returns what really became of each */
export async function applyImport(steps: readonly Step[], tell: (text: string) => void): Promise<ImportChange[]> {
  const changes: ImportChange[] = [];
  for (const [at, { planned, put }] of steps.entries()) {
    const done = put === null ? planned : { ...planned, outcome: outcomeOf(await put()) };
    tell(`[${at + 1}/${steps.length}] ${done.what} ${done.name}: ${done.outcome}`);
    changes.push(done);
  }
  return changes;
}

function outcomeOf({ created, changed }: Put): ImportChange['outcome'] {
  if (created) return 'created';
  return changed ? 'changed' : 'unchanged';
}

function numberOf({ answers }: DidAgent): string {
  return answers.kind === 'number' ? answers.number : anyNumber;
}

/** As a call would have it: over the layers that are there already. */
function checkAgent({ mapped, json }: DidAgent, platform: JsonObject, organization: JsonObject): FileProblem[] {
  const resolved = resolveConfig({ platform, organization, instance: mapped.config, number: {} });
  if (resolved.outcome !== 'invalid') return [];
  return resolved.problems.map(({ path, message, layer }) => {
    const source = mapped.sourceOf(path);
    const where = source === path ? '' : ` (${path}${layer === 'instance' || layer === null ? '' : `, ${layer}`})`;
    return json.problemAt(source, `${message}${where}`);
  });
}

/** A number does not change its owner by an import: that may be a slip in a name. */
function checkNumber({ answers, organization, json }: DidAgent, assigned: Assigned | undefined): FileProblem[] {
  if (answers.kind === 'fallback' || assigned?.organization == null || assigned.organization === organization)
    return [];
  return [json.problemAt('', `${answers.number} is a number of ${assigned.organization} and not of ${organization}`)];
}

function organizationStep(slug: string, agents: readonly DidAgent[], exists: boolean, operator: Operator): Step {
  const names = new Set(agents.filter((agent) => agent.organization === slug).map((agent) => agent.businessName));
  const [name] = names;
  // Several names: it is a group of businesses, and which of them names it is not ours to guess.
  const wanted = names.size === 1 && name ? { name } : {};
  return {
    planned: {
      what: 'organization',
      name: slug,
      outcome: exists ? 'unchanged' : 'created',
      differences: [],
      notes: [],
    },
    put: exists ? null : () => operator.putOrganization(slug, wanted),
  };
}

async function agentStep({ organization, agent, answers, mapped }: DidAgent, operator: Operator): Promise<Step> {
  const { config, notes } = mapped;
  const isDefault = answers.kind === 'fallback' ? { isDefault: true } : {};
  const was = (await operator.written({ layer: 'instance', organization, agent }))?.config;
  const differences = diffConfigs(was ?? {}, config);
  const changed = differences.length === 0 ? 'unchanged' : 'changed';
  const outcome = was === undefined ? 'created' : changed;
  return {
    planned: { what: 'agent', name: `${organization}/${agent}`, outcome, differences, notes },
    put: () => operator.putAgent(organization, agent, { ...isDefault, config }),
  };
}

function numberStep(did: DidAgent, assigned: Assigned | undefined, operator: Operator): Step {
  const { organization, agent, businessName, answers } = did;
  const number = numberOf(did);
  const isThere = assigned !== undefined && assigned.organization === organization && assigned.agent === agent;
  const outcome = assigned === undefined ? 'created' : isThere ? 'unchanged' : 'changed';
  const planned = { what: 'number', name: number, outcome, differences: [], ...remarks(did, assigned) } as const;
  if (answers.kind === 'fallback' && assigned?.organization != null && assigned.organization !== organization)
    return { planned: { ...planned, outcome: 'unchanged' }, put: null };
  const first = answers.kind === 'fallback' ? anyNumberFresh : { label: businessName.slice(0, 120), active: true };
  // Only of a new number: people may have given it another label, or switched it, since.
  const fresh = assigned === undefined ? first : {};
  return { planned, put: () => operator.putNumber({ organization, number, agent, ...fresh }) };
}

function remarks({ answers, organization }: DidAgent, assigned: Assigned | undefined) {
  if (answers.kind === 'number') return { reachedBy: spellingsOf(answers.number), notes: [] };
  if (assigned?.organization != null && assigned.organization !== organization)
    return { notes: [`any other number belongs to ${assigned.organization} already and is left there`] };
  const state = assigned?.active === true ? 'on' : 'off';
  return { notes: [`calls to numbers that nobody has: this is ${state}; \`dispatch any-number on|off\` switches it`] };
}
