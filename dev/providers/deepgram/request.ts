/** One request to the Deepgram stand-in, HTTP or websocket: who asks, what the script says, its lines in the journal. */
import type { Entry } from '../journal.ts';
import { keyOf, type Refusal } from '../protocol.ts';
import type { Cue, Kind } from '../script.ts';
import type { Language } from '../speech/language.ts';
import type { Stage } from '../stage.ts';
import { refusal } from './refusal.ts';

const provider = 'deepgram';

export interface DeepgramRequest {
  readonly kind: Kind;
  readonly url: URL;
  readonly authorization: string | undefined;
  readonly connection: string;
  readonly language: Language | undefined;
  readonly user?: string;
}

export type Begun =
  | { readonly outcome: 'refused'; readonly refusal: Refusal }
  | {
      readonly outcome: 'accepted';
      readonly cue: Cue;
      readonly entry: Entry;
      /** Opens one more line for the same connection: an utterance heard or spoken. */
      readonly note: (seen: Partial<Pick<Entry, 'recognised' | 'confidence' | 'user' | 'language' | 'bytes'>>) => void;
    };

/** @param status of success: 200, or 101 for a websocket */
export function begin(stage: Stage, request: DeepgramRequest, status: 101 | 200): Begun {
  const { kind, url, connection, language, user } = request;
  const key = keyOf(request.authorization, 'Token');
  const cue = stage.cue({ provider, kind, key, language, user });
  const line = {
    ...{ provider, kind, key, connection, path: url.pathname, params: Object.fromEntries(url.searchParams) },
    ...(language === undefined ? {} : { language }),
    ...(user === undefined ? {} : { user }),
  };
  const refused = cue.fault?.type === 'status' ? cue.fault : undefined;
  const entry = stage.journal.open({
    ...line,
    status: refused?.status ?? status,
    ...(cue.fault === undefined ? {} : { fault: cue.fault.type }),
  });
  if (refused !== undefined) return { outcome: 'refused', refusal: refusal(refused, connection) };
  return { outcome: 'accepted', cue, entry, note: (seen) => void stage.journal.open({ ...line, status, ...seen }) };
}
