import { anyNumber as starRow } from '../did/import.ts';
import { type Command, flag, positionalsOf, readArguments, WrongUse } from './command.ts';
import { openOperator } from './operator-access.ts';

export const anyNumber: Command = {
  usage: `dispatch any-number on|off [--json]

Whether a call to a number that nobody has is answered by the fallback agent, or refused as unknown, which it is until this is
switched on. Which agent that is was said by the default.json that was imported.`,
  async run(args, { environment, say }) {
    const { values, positionals } = readArguments(args, { json: flag });
    const { 'on|off': wanted } = positionalsOf(positionals, ['on|off']);
    if (wanted !== 'on' && wanted !== 'off') throw new WrongUse(`on or off is wanted, not ${wanted}`);
    const operator = openOperator(environment);
    const [row] = await operator.numbers([starRow]);
    if (row === undefined || row.organization === null)
      throw new Error('there is no fallback agent: import a directory with a default.json (dispatch import-did)');
    const { organization, agent } = row;
    const { changed } = await operator.putNumber({ organization, number: starRow, agent, active: wanted === 'on' });
    if (values.json) say(JSON.stringify({ anyNumber: wanted, changed, organization, agent }));
    else
      say(`any other number: ${changed ? '' : 'already '}${wanted} (${organization}/${agent ?? 'its default agent'})`);
    return 0;
  },
};
