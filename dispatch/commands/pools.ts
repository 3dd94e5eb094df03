import { tableOf } from '../../shared/columns.ts';
import { type PoolName, poolNameSchema } from '../../shared/ids.ts';
import type { PoolRow } from '../operations.ts';
import { type Command, flag, positionalsOf, readArguments, type Terminal, WrongUse, word } from './command.ts';
import { openOperations } from './operator-access.ts';

export const pools: Command = {
  usage: `dispatch pools list [--json]
dispatch pools set NAME --most N|none [--json]
dispatch pools pin TENANT NAME [--json]

A pool is the workers that were started with the same AGENT_POOL. Each organisation is served by one.

  list  the pools: calls on the line and most at once, workers that take new calls, organisations
  set   makes a pool, or changes how many calls it takes at once; none: no limit
  pin   has the workers of that pool answer the organisation's calls, from the next one on; a pool without workers refuses
        them with pool_unavailable`,
  async run([verb = '', ...args], terminal) {
    switch (verb) {
      case 'list':
        return list(args, terminal);
      case 'set':
        return set(args, terminal);
      case 'pin':
        return pin(args, terminal);
      default:
        throw new WrongUse(`list, set or pin is wanted${verb === '' ? '' : `, not ${verb}`}`);
    }
  },
};

async function list(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { json: flag });
  positionalsOf(positionals, []);
  const rows = await openOperations(environment).operations.pools();
  if (values.json) say(JSON.stringify(rows));
  else say(tableOf([['pool', 'calls', 'most', 'workers', 'organisations'], ...rows.map(line)]));
  return 0;
}

async function set(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { most: word, json: flag });
  const { NAME } = positionalsOf(positionals, ['NAME']);
  const name = nameOf(NAME);
  const most = mostOf(values.most);
  const created = await openOperations(environment).operations.setPool(name, most);
  const limit = most === null ? 'any number of calls at once' : `at most ${most} calls at once`;
  say(
    values.json
      ? JSON.stringify({ name, maxConcurrentCalls: most, created })
      : `${name}: ${created ? 'created, ' : ''}${limit}`,
  );
  return 0;
}

async function pin(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { json: flag });
  const { TENANT, NAME } = positionalsOf(positionals, ['TENANT', 'NAME']);
  const pool = nameOf(NAME);
  const { operations, knownTenant } = openOperations(environment);
  const tenant = await knownTenant(TENANT);
  if (!(await operations.pinPool(tenant, pool)))
    throw new Error(
      `there is no pool ${pool}: start workers with AGENT_POOL=${pool}, or make it with \`dispatch pools set\``,
    );
  const empty = (await operations.pools()).some(({ name, workers }) => name === pool && workers === 0);
  if (values.json) say(JSON.stringify({ tenant, pool, empty }));
  else say(`${tenant}: answered by ${pool} from the next call on${empty ? '; no worker of it is running now' : ''}`);
  return 0;
}

function nameOf(text: string): PoolName {
  const parsed = poolNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new WrongUse(`${text} is no name of a pool: lower case letters, digits and dashes, at most 63`);
}

function mostOf(text: string | undefined): number | null {
  if (text === undefined) throw new WrongUse('how many calls at once: --most N, or --most none');
  if (text === 'none') return null;
  if (!/^[0-9]{1,6}$/.test(text)) throw new WrongUse(`--most is a number from 0 to 999999, or none, not ${text}`);
  return Number(text);
}

function line({ name, liveCalls, maxConcurrentCalls, workers, organizations }: PoolRow): string[] {
  return [name, String(liveCalls), String(maxConcurrentCalls ?? 'no limit'), String(workers), String(organizations)];
}
