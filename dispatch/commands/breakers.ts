import { tableOf } from '../../shared/columns.ts';
import type { BreakerRow } from '../operations.ts';
import { type Command, flag, positionalsOf, readArguments, type Terminal, utcOf, WrongUse, word } from './command.ts';
import { openOperations } from './operator-access.ts';

export const breakers: Command = {
  usage: `dispatch breakers list [--tenant TENANT] [--json]
dispatch breakers reset TENANT [PROVIDER] [--json]

A breaker turns an organisation's calls away for a while, or keeps them from one provider, when the calls before them failed.
It lets one call through from time to time and closes when that one goes well.

  list   the breakers that ever had a failure to count: closed, open until when, or half_open: one call is trying
  reset  closes those of a tenant, or that of one of its providers: the next call is tried`,
  async run([verb = '', ...args], terminal) {
    switch (verb) {
      case 'list':
        return list(args, terminal);
      case 'reset':
        return reset(args, terminal);
      default:
        throw new WrongUse(`list or reset is wanted${verb === '' ? '' : `, not ${verb}`}`);
    }
  },
};

async function list(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { tenant: word, json: flag });
  positionalsOf(positionals, []);
  const { operations, knownTenant } = openOperations(environment);
  const rows = await operations.breakers(values.tenant === undefined ? undefined : await knownTenant(values.tenant));
  if (values.json) say(JSON.stringify(rows));
  else if (rows.length === 0) say('nothing has failed yet');
  else
    say(
      tableOf([
        ['tenant', 'of', 'state', 'until (UTC)', 'failures', 'last reason', 'changed (UTC)'],
        ...rows.map(line),
      ]),
    );
  return 0;
}

async function reset(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { json: flag });
  const { TENANT, PROVIDER } = namesIn(positionals);
  const { operations, knownTenant } = openOperations(environment);
  const tenant = await knownTenant(TENANT);
  if (PROVIDER !== undefined) {
    const known = (await operations.breakers(tenant)).flatMap(({ provider }) => provider ?? []);
    if (!known.includes(PROVIDER))
      throw new Error(
        `${PROVIDER} never failed a call of ${tenant}; ${known.length === 0 ? 'nor did any other' : `these did: ${known.join(', ')}`}`,
      );
  }
  const count = await operations.resetBreakers(tenant, PROVIDER);
  const whose = PROVIDER === undefined ? tenant : `${PROVIDER} of ${tenant}`;
  if (values.json) say(JSON.stringify({ tenant, provider: PROVIDER ?? null, reset: count }));
  else say(count === 0 ? `${whose}: no breaker was open` : `${whose}: ${count} closed`);
  return 0;
}

function namesIn(positionals: readonly string[]): { readonly TENANT: string; readonly PROVIDER?: string } {
  if (positionals.length < 2) return positionalsOf(positionals, ['TENANT']);
  return positionalsOf(positionals, ['TENANT', 'PROVIDER']);
}

function line(row: BreakerRow): string[] {
  const { tenant, provider, state, openUntil, failures, lastReason, changedAt } = row;
  const until = openUntil === null ? '' : utcOf(openUntil);
  return [tenant, provider ?? 'all calls', state, until, String(failures), lastReason ?? '', utcOf(changedAt)];
}
