import { parseArgs } from 'node:util';
import { z } from 'zod';
import { coerceError } from '../shared/faults.ts';

export const usage = `npm run bench -- [--quick] [--subjects a,b] [--calls 8,12] [--arrival burst,steady] [--cores apart,together]
                     [--rounds N] [--talk SECONDS] [--churn N] [--node FILE,FILE] [--env NAME=VALUE,...] [--prompt-kb N,N]
                     [--business a,b] [--profile FOLDER] [--out FILE] [--set-up]

Lets callers talk with one worker after the other, ours and the named alternatives, on the same machine with the same
callers, server and provider stand-ins, and prints what each cost and how it felt. Rounds are interleaved.

  --quick         ours, agents-js and openrtc with 8 callers, once: about five minutes
  --subjects a,b  of switchboard, isolated (one call a shard), agents-js, livekit-agents, openrtc, openrtc-two (two workers),
                  bare-room (the least that a call costs: a room, and nobody behind the voice)
  --calls 8,12    how many callers at once
  --arrival ...   burst: all at once; steady: one a second
  --cores ...     apart: the worker alone on core 1, all else on core 0; together: both on all cores
  --rounds N      all of it N times, 2 by default
  --talk SECONDS  how long the cost is measured, 30 by default
  --churn N       N short calls instead, as many at once as --calls says first, and what they leave behind in the worker
  --node a,b      other Nodes to run ours with, by their paths, each in its turn; this one is "own"
  --env A=1,B=2   variables to run ours with, each in its turn, several of them with a + between; without any is "own"
  --prompt-kb N   what the business of ours tells its agents about itself, in 1 000 characters, each in its turn, up to 60, which
                  a configuration holds; 0, the default: nothing, as for the others
  --business a,b  of usual, as the others' too; preemptive, which has its model asked before a turn is over; recorded, which keeps
                  its calls: each in its turn, usual by default
  --profile DIR   profiles of our JS threads while callers talk, for \`npm run bench:flame\`
  --out FILE      where the raw lines go; .switchboard/bench-<time>.jsonl by default
  --set-up        make the Python environment of the two Python workers (needs python3-venv), and nothing else
  --help          this text`;

const flag = { type: 'boolean', default: false } as const;
const text = { type: 'string' } as const;
const definition = {
  quick: flag,
  help: flag,
  'set-up': flag,
  subjects: text,
  calls: text,
  arrival: text,
  cores: text,
  rounds: text,
  talk: text,
  churn: text,
  node: text,
  env: text,
  'prompt-kb': text,
  business: text,
  profile: text,
  out: text,
} as const;

const subjects = [
  'switchboard',
  'isolated',
  'agents-js',
  'livekit-agents',
  'openrtc',
  'openrtc-two',
  'bare-room',
] as const;

const businesses = ['usual', 'preemptive', 'recorded'] as const;
export type Business = (typeof businesses)[number];

/** The Node that runs the bench; ours as it ships. */
const own = 'own';

const list = z.string().transform((written) => written.split(',').filter((each) => each !== ''));
const schema = z.object({
  quick: z.boolean(),
  help: z.boolean(),
  'set-up': z.boolean(),
  subjects: list.pipe(z.array(z.enum(subjects)).min(1)).optional(),
  calls: list
    .transform((each) => each.map(Number))
    .pipe(z.array(z.number().int().min(1).max(200)).min(1))
    .optional(),
  arrival: list.pipe(z.array(z.enum(['burst', 'steady'])).min(1)).optional(),
  cores: list.pipe(z.array(z.enum(['apart', 'together'])).min(1)).optional(),
  rounds: z.coerce.number().int().min(1).max(20).optional(),
  talk: z.coerce.number().int().min(5).max(3_600).optional(),
  churn: z.coerce.number().int().min(1).max(100_000).optional(),
  node: list.pipe(z.array(z.string()).min(1)).optional(),
  env: list.pipe(z.array(z.union([z.literal(own), z.string().regex(/^[A-Z_]+=/)])).min(1)).optional(),
  'prompt-kb': list
    .transform((each) => each.map(Number))
    .pipe(z.array(z.number().int().min(0).max(60)).min(1))
    .optional(),
  business: list.pipe(z.array(z.enum(businesses)).min(1)).optional(),
  profile: z.string().optional(),
  out: z.string().optional(),
});

const quick = { subjects: ['switchboard', 'agents-js', 'openrtc'], calls: [8], rounds: 1 } as const;
const full = {
  subjects,
  calls: [8, 12, 16, 24],
  rounds: 2,
} as const;

export type Variables = Readonly<Record<string, string>>;

/** @param written NAME=VALUE, more of them behind a + each */
function variablesOf(written: string): Variables {
  const pairs = written.split(/\+(?=[A-Z_]+=)/).map((pair) => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

export type BenchOptions = ReturnType<typeof readOptions>;

/** @throws Error whose message says which argument is wrong */
export function readOptions(args: string[]) {
  try {
    const given = schema.parse(parseArgs({ args, options: definition }).values);
    const usual = given.quick ? quick : full;
    return {
      help: given.help,
      setUp: given['set-up'],
      subjects: given.subjects ?? [...usual.subjects],
      calls: given.calls ?? [...usual.calls],
      arrival: given.arrival ?? ['burst' as const],
      cores: given.cores ?? ['apart' as const],
      rounds: given.rounds ?? usual.rounds,
      talkS: given.talk ?? 30,
      churn: given.churn,
      nodes: (given.node ?? [own]).map((node) => (node === own ? undefined : node)),
      variants: (given.env ?? [own]).map((written) => (written === own ? undefined : variablesOf(written))),
      promptsKb: given['prompt-kb'] ?? [0],
      businesses: given.business ?? ['usual' as const],
      profiles: given.profile,
      out: given.out,
    };
  } catch (thrown) {
    const problem = thrown instanceof z.ZodError ? z.prettifyError(thrown) : coerceError(thrown).message;
    throw new Error(`${problem}\n\n${usage}`, { cause: thrown });
  }
}
