/** What the API answers when it cannot do what was asked: RFC 9457, with a code that programs can go by. */
import { z } from '@hono/zod-openapi';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { DatabaseAway, DatabaseFault } from '../../shared/db.ts';

/** The closed list of codes. `detail` of an answer says what was seen; these say what kind of thing it is. */
export const problems = {
  not_signed_in: { status: 401, title: 'Sign in, or send an API key, as Authorization: Bearer …' },
  forbidden: { status: 403, title: 'Your role, or the scopes of your key, do not allow this' },
  not_found: { status: 404, title: 'There is no such thing, or you may not see it' },
  conflict: { status: 409, title: 'It does not fit what is there' },
  changed_meanwhile: { status: 412, title: 'Somebody else saved another version: read it, then save again' },
  version_wanted: { status: 428, title: 'Send If-Match with the ETag of the version that you changed' },
  malformed: { status: 400, title: 'The request is not what the documentation asks for' },
  invalid: { status: 422, title: 'The values do not pass their checks' },
  repeated_otherwise: { status: 422, title: 'This Idempotency-Key came with another request before' },
  being_answered: { status: 409, title: 'The same request is being answered' },
  too_many: { status: 429, title: 'Too many requests: wait as long as Retry-After says' },
  not_set_up: { status: 501, title: 'This deployment is not set up for it' },
  provider_failed: { status: 502, title: 'The provider did not take it' },
  database_away: { status: 503, title: 'The database does not answer: try again in a moment' },
  fault: { status: 500, title: 'Something is wrong here: see the log of dispatch' },
} as const satisfies Record<string, { readonly status: ContentfulStatusCode; readonly title: string }>;
export type ProblemCode = keyof typeof problems;

const fieldSchema = z.object({
  path: z.string().openapi({ description: 'Dotted path of the field; empty: the whole.', example: 'greeting.text' }),
  message: z.string(),
  layer: z.string().nullable().optional().openapi({ description: 'Which layer of a configuration wrote it.' }),
});
export type FieldProblem = z.infer<typeof fieldSchema>;

export const problemSchema = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    reason: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    fields: z.array(fieldSchema).optional(),
  })
  .openapi('Problem');
export type ProblemDocument = z.infer<typeof problemSchema>;

export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly fields: readonly FieldProblem[];

  /** @param detail for people: what was seen, and what to do */
  constructor(code: ProblemCode, detail = '', fields: readonly FieldProblem[] = []) {
    super(detail === '' ? problems[code].title : detail);
    this.code = code;
    this.fields = fields;
  }

  get status(): ContentfulStatusCode {
    return problems[this.code].status;
  }

  document(): ProblemDocument {
    const { title, status } = problems[this.code];
    const fields = this.fields.length > 0 ? { fields: [...this.fields] } : {};
    return { type: 'about:blank', title, status, reason: this.code, detail: this.message, ...fields };
  }
}

/** Undefined: a fault of ours, which the log tells more about than a stranger should read. */
export function problemOf(thrown: unknown): ApiProblem | undefined {
  if (thrown instanceof ApiProblem) return thrown;
  if (thrown instanceof DatabaseAway) return new ApiProblem('database_away');
  if (!(thrown instanceof DatabaseFault)) return undefined;
  const failure = failureSchema.safeParse(thrown.cause);
  if (!failure.success) return undefined;
  const { code, message } = failure.data;
  const known = byState.find(([pattern]) => pattern.test(code));
  return known === undefined ? undefined : new ApiProblem(known[1], message);
}

const failureSchema = z.object({ code: z.string(), message: z.string() });

/** SQLSTATE, or PostgREST's own code, of what callers can mend. */
const byState: readonly (readonly [RegExp, ProblemCode])[] = [
  [/^PGRST30[0-9]$/, 'not_signed_in'],
  [/^42501$/, 'forbidden'],
  [/^23505$/, 'conflict'],
  [/^23503$/, 'conflict'],
  // What a trigger says in a sentence of its own; PostgREST reads the status from such a code.
  [/^PT409$/, 'conflict'],
  [/^23/, 'invalid'],
  [/^22/, 'malformed'],
];

/** Its detail names each field too, for those who read nothing else. */
export function wrongFields(code: 'malformed' | 'invalid', fields: readonly FieldProblem[]): ApiProblem {
  const what = fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
  return new ApiProblem(code, what, fields);
}

export function missing(what: string): ApiProblem {
  return new ApiProblem('not_found', `There is no such ${what}, or you may not see it.`);
}

/** @throws ApiProblem not_found when it is null */
export function found<T>(value: T | null, what: string): T {
  if (value === null) throw missing(what);
  return value;
}
