/** One request to the Deepgram stand-in, HTTP or websocket: who asks, what the script says, its lines in the journal. */
import type { Entry } from '../journal.ts';
import { keyOf, type Refusal } from '../protocol.ts';
import type { Kind } from '../script.ts';
import type { Language } from '../speech/language.ts';
import type { Begun, Stage } from '../stage.ts';
import { refusal } from './refusal.ts';

export interface DeepgramRequest {
  readonly kind: Kind;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly connection: string;
  readonly language: Language | undefined;
  readonly user?: string;
}

export interface DeepgramBegun extends Begun {
  readonly refusal: Refusal | undefined;
  /** Opens one more line for the same connection: an utterance heard or spoken. */
  readonly note: (seen: Partial<Pick<Entry, 'recognised' | 'confidence' | 'user' | 'language' | 'bytes'>>) => void;
}

/** @param status of success: 200, or 101 for a websocket */
export function begin(stage: Stage, request: DeepgramRequest, status: 101 | 200): DeepgramBegun {
  const { kind, url, connection, language, user } = request;
  const asked = { provider: 'deepgram', kind, key: keyOf(request.authorization, 'Token'), language, user };
  const seen = { connection, path: url.pathname, params: Object.fromEntries(url.searchParams) };
  const begun = stage.begin(asked, seen, status);
  return {
    ...begun,
    refusal: begun.refused && refusal(begun.refused, connection),
    note: (more) => void stage.journal.open({ ...asked, ...seen, status, ...more }),
  };
}
