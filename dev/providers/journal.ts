/** Everything the stand-ins were asked and what they answered, for tests and for whoever watches a local run. */
import type { Kind } from './script.ts';

export interface Entry {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly provider: string;
  readonly kind: Kind;
  /** The key as sent. Only development keys are ever sent here: the server listens on loopback and forwards nothing. */
  readonly key: string;
  /** One HTTP request or one websocket. */
  readonly connection: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
  /** HTTP status; 101 for a websocket. */
  status: number;
  language?: string | undefined;
  system?: string | undefined;
  /** Chat: the last words of the user. Speech: the text to speak. */
  user?: string | undefined;
  /** Chat: what a tool gave, when that is what the model is to go on from. */
  toolResult?: string | undefined;
  /** Chat and realtime: what caller and agent said before, as the model is told, oldest first. */
  said?: readonly string[];
  reply?: string;
  /** Listen: what was understood of one utterance; '' when it was none of the known ones. */
  recognised?: string;
  confidence?: number;
  /** Listen: messages that only kept the line open. */
  keepAlives?: number;
  /** Bytes of audio or text sent, or for `listen` received. */
  bytes: number;
  fault?: string | undefined;
}

const MOST_ENTRIES = 5_000;

/** Which entries are wanted; all that is given must be equal. */
export type Filter = Partial<Pick<Entry, 'provider' | 'kind' | 'key' | 'connection'>>;

export class Journal {
  #entries: Entry[] = [];
  #lastId = 0;

  /** Opens an entry; whoever asked for it fills in the rest as it becomes known. The oldest entries are dropped. */
  open(entry: Omit<Entry, 'id' | 'at' | 'status' | 'bytes'> & Partial<Pick<Entry, 'status' | 'bytes'>>): Entry {
    this.#lastId += 1;
    const opened: Entry = { id: this.#lastId, at: Date.now(), status: 200, bytes: 0, ...entry };
    this.#entries.push(opened);
    if (this.#entries.length > MOST_ENTRIES) this.#entries.shift();
    return opened;
  }

  entries(filter: Filter = {}): Entry[] {
    const wanted = Object.entries(filter);
    return this.#entries.filter((entry) => wanted.every(([name, value]) => Reflect.get(entry, name) === value));
  }

  clear(): void {
    this.#entries = [];
  }
}
