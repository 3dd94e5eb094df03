/** One HTTP request to the OpenAI stand-in: who asks, what the script says, its line in the journal. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { type App, keyOf, type Refusal } from '../protocol.ts';
import type { Asked, Kind } from '../script.ts';
import type { Begun, Stage } from '../stage.ts';
import { modelRefusal, refusal } from './refusal.ts';

export interface OpenAiRequest {
  readonly connection: string;
  readonly begin: (
    stage: Stage,
    params: Readonly<Record<string, string>>,
    heard: Pick<Asked, 'user' | 'system' | 'toolResult' | 'language'>,
  ) => Begun & { readonly refusal: Refusal | undefined };
}

export function openAiRequest(context: Context<App>, kind: Kind): OpenAiRequest {
  const connection = `req-${randomUUID()}`;
  const key = keyOf(context.req.header('authorization'), 'Bearer');
  return {
    connection,
    begin: (stage, params, { user, system, toolResult, language }) => {
      const asked = { provider: 'openai', kind, key, user, system, toolResult, language };
      const begun = stage.begin(asked, { connection, params, path: context.req.path }, 200);
      if (begun.refused !== undefined) return { ...begun, refusal: refusal(begun.refused, key, connection) };
      const error = modelRefusal(params['model']);
      if (error !== undefined) begun.entry.status = 404;
      return { ...begun, refusal: error && { status: 404, headers: {}, body: { error } } };
    },
  };
}
