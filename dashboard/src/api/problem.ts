/** What went wrong with a request, in the API's own words where it had any. */
import type { FieldProblem, ProblemCode } from '../../../dispatch/api/problem.ts';
import { isList, isObject } from './json.ts';

/** `unreachable`: no answer came. `unreadable`: an answer came that is not the API's, as of a gateway between. */
export type ProblemReason = ProblemCode | 'unreachable' | 'unreadable';

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly reason: ProblemReason;
  readonly fields: readonly FieldProblem[];

  constructor(reason: ProblemReason, detail = '', fields: readonly FieldProblem[] = []) {
    super(detail);
    this.reason = reason;
    this.fields = fields;
  }

  get detail(): string {
    return this.message;
  }

  /** It may go better by itself. */
  get passes(): boolean {
    return ['unreachable', 'unreadable', 'database_away', 'too_many'].includes(this.reason);
  }
}

/** Every fault as a problem, so that pages know one kind. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return new Problem('fault', detail);
}

/** Reads an answer that is not what was asked for. */
export async function problemIn(answer: { readonly status: number; text(): Promise<string> }): Promise<Problem> {
  const text = await answer.text();
  const document = parsed(text);
  if (!isObject(document) || typeof document.reason !== 'string')
    return new Problem('unreadable', `${answer.status} ${text.slice(0, 200)}`.trim());
  const fields = isList(document.fields) ? document.fields.flatMap(fieldOf) : [];
  const detail = typeof document.detail === 'string' ? document.detail : '';
  // A code that is newer than this page is still told apart by its words.
  return new Problem(document.reason as ProblemReason, detail, fields);
}

function fieldOf(value: unknown): FieldProblem[] {
  if (!isObject(value) || typeof value.path !== 'string' || typeof value.message !== 'string') return [];
  return [{ path: value.path, message: value.message, layer: typeof value.layer === 'string' ? value.layer : null }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
