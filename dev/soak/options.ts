import { parseArgs } from 'node:util';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';

export const usage = `npm run soak -- [--minutes 30] [--calls-per-minute N] [--seed S] [--json] [--calm]

Calls without a pause, callers who leave as they please, and every half minute or so something that breaks. Prints each minute
what became of the calls, the memory and open handles of each process, and whether LiveKit, the database and the shards agree.
The exit code is 1 when a slot or a room stays behind, or a process keeps twice the handles that it had. The slope of memory
is printed and not judged: native memory of ended calls is given back late (docs/decisions).

  --minutes M             how long; 30
  --calls-per-minute N    in the mean; 12: about as many as two cores carry
  --seed S                the same chances again; a random one by default
  --json                  one JSON object as the last line
  --calm                  nothing breaks
  --help                  this text`;

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;
const definition = {
  json: flag,
  calm: flag,
  help: flag,
  minutes: { ...text, default: '30' },
  'calls-per-minute': { ...text, default: '12' },
  seed: text,
} as const;
const schema = z.object({
  json: z.boolean(),
  calm: z.boolean(),
  help: z.boolean(),
  minutes: z.coerce.number().min(0.5).max(100_000),
  'calls-per-minute': z.coerce.number().min(1).max(600),
  seed: z.coerce
    .number()
    .int()
    .default(() => Date.now() % 1_000_000),
});
export type SoakOptions = z.infer<typeof schema>;

/** @throws Error whose message says which argument is wrong */
export function readOptions(args: string[]): SoakOptions {
  try {
    return schema.parse(parseArgs({ args, options: definition }).values);
  } catch (thrown) {
    const problem = thrown instanceof z.ZodError ? z.prettifyError(thrown) : coerceError(thrown).message;
    throw new Error(`${problem}\n\n${usage}`, { cause: thrown });
  }
}
