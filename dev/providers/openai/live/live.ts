/** What the two kinds of Realtime session share: who opened it, what the script says, its lines in the journal. */
import type { Entry } from '../../journal.ts';
import { keyOf, type Refusal, type SocketRequest } from '../../protocol.ts';
import type { Asked, Kind } from '../../script.ts';
import type { Begun, Stage } from '../../stage.ts';
import { refusal } from '../refusal.ts';

type Seen = Partial<Pick<Entry, 'recognised' | 'confidence'>>;

export interface LiveBegun extends Begun {
  readonly refusal: Refusal | undefined;
  readonly connection: string;
  /** Opens one more line for the same connection: a turn that was heard. */
  readonly note: (seen: Seen) => void;
  /** Asks the script about one answer within this connection. */
  readonly answer: (heard: Pick<Asked, 'system' | 'user' | 'toolResult'>) => Begun;
}

export function beginLive(stage: Stage, { url, headers, connection }: SocketRequest, kind: Kind): LiveBegun {
  const key = keyOf(headers.authorization, 'Bearer');
  const seen = { connection, path: url.pathname, params: Object.fromEntries(url.searchParams) };
  const asked = { provider: 'openai', kind, key };
  const begun = stage.begin(asked, seen, 101);
  return {
    ...begun,
    connection,
    refusal: begun.refused && refusal(begun.refused, key, connection),
    note: (more) => void stage.journal.open({ ...asked, ...seen, status: 101, ...more }),
    answer: (heard) => stage.begin({ ...asked, kind: 'respond', ...heard }, seen, 200),
  };
}
