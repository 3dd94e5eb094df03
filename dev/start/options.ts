import { parseArgs } from 'node:util';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';

export const usage = `npm start -- [--once] [--json] [--calls N] [--dev]

Brings the whole platform up on this machine, places test calls, prints what became of each and stays up for yours.

  --once      exit after the test calls: 0 when each went as expected, 1 when one did not
  --json      one JSON object with the calls as the last line; with --once
  --calls N   place every test call N times and print the times, p50 and p99
  --dev       the agent pool runs from source and reloads when a file of it changes; running calls end on the old code
  --help      this text`;

const flag = { type: 'boolean', default: false } as const;
const definition = { once: flag, json: flag, dev: flag, help: flag, calls: { type: 'string', default: '1' } } as const;
const schema = z
  .object({
    once: z.boolean(),
    json: z.boolean(),
    dev: z.boolean(),
    help: z.boolean(),
    calls: z.coerce.number().int().min(1).max(1000),
  })
  .refine(({ once, json }) => once || !json, '--json goes with --once');

export type StartOptions = z.infer<typeof schema>;

/** @throws Error whose message says which argument is wrong */
export function readOptions(args: string[]): StartOptions {
  try {
    return schema.parse(parseArgs({ args, options: definition }).values);
  } catch (thrown) {
    const problem = thrown instanceof z.ZodError ? z.prettifyError(thrown) : coerceError(thrown).message;
    throw new Error(`${problem}\n\n${usage}`, { cause: thrown });
  }
}
