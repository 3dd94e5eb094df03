import { tableOf } from '../../shared/columns.ts';
import type { WorkerRow } from '../operations.ts';
import { type Command, flag, positionalsOf, readArguments } from './command.ts';
import { openOperations } from './operator-access.ts';

export const workers: Command = {
  usage: `dispatch workers [--json]

The processes that hold calls, as each last said of itself: its calls out of those it can hold, its load (0 idle, 1 full; the
LiveKit server sends nothing from 0.7 on), and whether it takes new calls. One that says nothing for 15 s counts for nothing,
and after a minute it is not listed any more.`,
  async run(args, { environment, say }) {
    const { values, positionals } = readArguments(args, { json: flag });
    positionalsOf(positionals, []);
    const rows = await openOperations(environment).operations.workers();
    if (values.json) say(JSON.stringify(rows));
    else if (rows.length === 0) say('no worker has reported itself');
    else say(tableOf([['worker', 'pool', 'version', 'calls', 'load', 'new calls', 'seen'], ...rows.map(line)]));
    return 0;
  },
};

function line({ name, pool, version, calls, capacity, load, draining, seenSAgo }: WorkerRow): string[] {
  const held = `${calls}/${capacity}`;
  return [name, pool, version, held, load.toFixed(2), draining ? 'no: draining' : 'yes', `${seenSAgo} s ago`];
}
