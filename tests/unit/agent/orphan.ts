/** A process that speaks to its supervisor when that is gone. It ends well when it lives on afterwards. */
import process from 'node:process';
import { tell } from '../../../agent/tell-supervisor.ts';

const [, , when] = process.argv;

function speak(): void {
  tell({ kind: 'tainted' });
  setTimeout(() => process.exit(0), 200);
}

if (when === 'once it has noticed') process.once('disconnect', speak);
process.on('message', () => {
  if (when === 'once it has noticed') return;
  // Busy while the supervisor goes, as a shard with many calls may be: it speaks into a channel that it takes for open.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  speak();
});
process.send?.('started');
