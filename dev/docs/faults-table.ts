/** The table of faults, from what `npm run faults` measured. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

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
      green: z.boolean(),
    }),
  ),
});

export function faultsTable(path = 'docs/faults.json'): string {
  const { rounds, known, results } = reportSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const rows = results.map(({ sentence, bound, live, lost, recoveryMs, slotsLeaked, heard, green }) => {
    const took = recoveryMs === null ? 'never' : seconds(recoveryMs);
    const wanted = `${took}${green ? '' : ' ✗'} (≤ ${seconds(bound.ms)}: ${bound.what})`;
    return `| ${[sentence, live, lost, wanted, slotsLeaked, heard].map((cell) => String(cell).replaceAll('|', '/')).join(' | ')} |`;
  });
  const green = results.filter((result) => result.green).length;
  const loads = results.map((result) => result.loadAverage);
  const busy = `load average ${Math.min(...loads)} to ${Math.max(...loads)}`;
  return [
    `${results.length} of ${known} faults, run ${rounds} times, ${busy}: ${green} are as they have to be, the others are marked ✗.`,
    '',
    '| what happens | calls live | lost | worst recovery (wanted) | slots leaked | what callers heard |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
