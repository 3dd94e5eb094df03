import { parseArgs } from 'node:util';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';

export const usage = `npm run faults -- [--only a,b] [--times N] [--callers N] [--json FILE] [--list]

Breaks one part after the other of a whole platform on this machine, with callers in conversation, and prints what they
noticed. The exit code is 1 when a fault took longer than it may, cut a caller off or left a slot taken.

  --only a,b   these faults alone
  --times N    all of it N times
  --callers N  no more callers in conversation than so many, for a machine that cannot carry six
  --json FILE  where the figures go; docs/faults.json, from which \`npm run docs\` makes the README's table, when all faults run
  --list       what there is, with the bound of each
  --help       this text`;

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;
const definition = {
  list: flag,
  help: flag,
  only: { ...text, default: '' },
  times: { ...text, default: '1' },
  callers: text,
  json: text,
} as const;
const schema = z.object({
  list: z.boolean(),
  help: z.boolean(),
  only: z.string().transform((names) => names.split(',').filter((name) => name !== '')),
  times: z.coerce.number().int().min(1).max(100),
  callers: z.coerce.number().int().min(1).max(20).optional(),
  json: z.string().optional(),
});
export type FaultsOptions = z.infer<typeof schema>;

/** @throws Error whose message says which argument is wrong */
export function readOptions(args: string[]): FaultsOptions {
  try {
    return schema.parse(parseArgs({ args, options: definition }).values);
  } catch (thrown) {
    const problem = thrown instanceof z.ZodError ? z.prettifyError(thrown) : coerceError(thrown).message;
    throw new Error(`${problem}\n\n${usage}`, { cause: thrown });
  }
}
