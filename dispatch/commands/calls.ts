import { tableOf } from '../../shared/columns.ts';
import { sessionIdSchema } from '../../shared/ids.ts';
import type { CallRow } from '../operations.ts';
import { type Command, flag, positionalsOf, readArguments, type Terminal, WrongUse, word } from './command.ts';
import { openOperations } from './operator-access.ts';

export const calls: Command = {
  usage: `dispatch calls list [--tenant TENANT] [--json]
dispatch calls end SESSION [--json]

  list  the calls on the line now, longest first: ringing (pending) or answered (active), and which worker has each
  end   has the agent of a call end it; it hears of that within 5 s`,
  async run([verb = '', ...args], terminal) {
    switch (verb) {
      case 'list':
        return list(args, terminal);
      case 'end':
        return end(args, terminal);
      default:
        throw new WrongUse(`list or end is wanted${verb === '' ? '' : `, not ${verb}`}`);
    }
  },
};

async function list(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { tenant: word, json: flag });
  positionalsOf(positionals, []);
  const { operations, knownTenant } = openOperations(environment);
  const rows = await operations.calls(values.tenant === undefined ? undefined : await knownTenant(values.tenant));
  if (values.json) say(JSON.stringify(rows));
  else if (rows.length === 0) say('nobody is on the line');
  else say(tableOf([['session', 'tenant', 'called', 'caller', 'state', 'for', 'worker'], ...rows.map(line)]));
  return 0;
}

async function end(args: readonly string[], { environment, say }: Terminal): Promise<0> {
  const { values, positionals } = readArguments(args, { json: flag });
  const { SESSION } = positionalsOf(positionals, ['SESSION']);
  const session = sessionIdSchema.safeParse(SESSION);
  if (!session.success) throw new WrongUse(`a session is a UUID as \`dispatch calls list\` shows it, not ${SESSION}`);
  const asked = await openOperations(environment).operations.endCall(session.data);
  if (!asked) throw new Error(`no call with the session ${SESSION} is on the line`);
  say(values.json ? JSON.stringify({ session: session.data, asked }) : `${SESSION}: its agent is told to end it`);
  return 0;
}

function line({ session, tenant, called, caller, state, ageS, worker }: CallRow): string[] {
  const minutes = `${Math.floor(ageS / 60)}:${String(ageS % 60).padStart(2, '0')}`;
  return [session, tenant, called, caller, state, minutes, worker ?? 'nobody'];
}
