/** The table of faults, from what `npm run faults` measured. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { seconds } from '../faults/printing.ts';

const reportSchema = z.object({
  /** How often all of them were run. */
  rounds: z.number(),
  /** How many faults there are. */
  known: z.number(),
  results: z.array(
    z.object({
      sentence: z.string(),
      bound: z.object({ what: z.string(), ms: z.number() }),
      live: z.number(),
      lost: z.number(),
      recoveryMs: z.number().nullable(),
      slotsLeaked: z.number(),
      heard: z.string(),
      loadAverage: z.number(),
      /** In how many of the rounds it was as it has to be; the figures are those of the worst round. */
      greenRounds: z.number(),
    }),
  ),
});

export function faultsTable(path = 'docs/faults.json'): string {
  const { rounds, known, results } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const rows = results.map(({ sentence, bound, live, lost, recoveryMs, slotsLeaked, heard, greenRounds }) => {
    const took = recoveryMs === null ? 'never' : seconds(recoveryMs);
    const wanted = `${took}${greenRounds === rounds ? '' : ` ✗ in ${rounds - greenRounds}`} (≤ ${seconds(bound.ms)}: ${bound.what})`;
    return `| ${[sentence, live, lost, wanted, slotsLeaked, heard].map((cell) => String(cell).replaceAll('|', '/')).join(' | ')} |`;
  });
  const green = results.filter(({ greenRounds }) => greenRounds === rounds).length;
  const loads = results.map((result) => result.loadAverage);
  const busy = `load average ${Math.min(...loads)} to ${Math.max(...loads)}`;
  const times = rounds === 1 ? 'run once' : `run ${rounds} times in a row`;
  const others = green === results.length ? '' : ', the others are marked ✗ with the number of their bad rounds';
  return [
    `${results.length} of ${known} faults, ${times}, ${busy}: ${green} are as they have to be${others}.`,
    '',
    '| what happens | calls live | lost | worst recovery (wanted) | slots leaked | what callers heard |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
