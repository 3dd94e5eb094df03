/** One HTTP request to the OpenAI stand-in: who asks, what the script says, its line in the journal. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import type { Entry } from '../journal.ts';
import { type App, keyOf, type Refusal } from '../protocol.ts';
import type { Asked, Cue, Kind } from '../script.ts';
import type { Stage } from '../stage.ts';
import { refusal } from './refusal.ts';

export const provider = 'openai';

export interface Begun {
  readonly cue: Cue;
  readonly entry: Entry;
  readonly refusal: Refusal | undefined;
}

type Heard = Pick<Asked, 'user' | 'system' | 'language'>;

export interface OpenAiRequest {
  readonly connection: string;
  readonly begin: (stage: Stage, params: Readonly<Record<string, string>>, heard: Heard) => Begun;
}

export function openAiRequest(context: Context<App>, kind: Kind): OpenAiRequest {
  const connection = `req-${randomUUID()}`;
  const key = keyOf(context.req.header('authorization'), 'Bearer');
  const begin = (stage: Stage, params: Readonly<Record<string, string>>, { user, system, language }: Heard): Begun => {
    const cue = stage.cue({ provider, kind, key, user, system, language });
    const entry = stage.journal.open({
      ...{ provider, kind, key, connection, params, path: context.req.path },
      ...(user === undefined ? {} : { user }),
      ...(system === undefined ? {} : { system }),
      ...(language === undefined ? {} : { language }),
      ...(cue.fault === undefined ? {} : { fault: cue.fault.type }),
    });
    if (cue.fault?.type !== 'status') return { cue, entry, refusal: undefined };
    entry.status = cue.fault.status;
    return { cue, entry, refusal: refusal(cue.fault, key, connection) };
  };
  return { connection, begin };
}
