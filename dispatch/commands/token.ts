import { systemClock } from '../../shared/clock.ts';
import { isTokenRole, mintToken, tokenRoles } from '../token.ts';
import { type Command, flag, need, positionalsOf, readArguments, WrongUse, word } from './command.ts';

const roles = Object.keys(tokenRoles).join('|');

export const token: Command = {
  usage: `dispatch token --role ${roles} [--json]

Prints a database token for that service, or for these commands (operator), signed with SUPABASE_JWT_SECRET. It has no
expiry: it is taken back by taking the role's grants or by changing the project's JWT secret.`,
  async run(args, { environment, say }) {
    const { values, positionals } = readArguments(args, { role: word, json: flag });
    positionalsOf(positionals, []);
    const { role } = values;
    if (!isTokenRole(role)) throw new WrongUse(`--role must be one of ${Object.keys(tokenRoles).join(', ')}`);
    const { SUPABASE_JWT_SECRET } = need(['SUPABASE_JWT_SECRET'], environment);
    const minted = mintToken(role, SUPABASE_JWT_SECRET, systemClock.now());
    say(values.json ? JSON.stringify({ role: tokenRoles[role], token: minted }) : minted);
    return 0;
  },
};
