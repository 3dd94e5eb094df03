/**
 * The input audio buffer of a Realtime websocket: what is appended is heard at once, and becomes an item when the server
 * notices the end of a turn, or when the client commits it.
 */
import { randomUUID } from 'node:crypto';
import { type Heard, Listener } from '../../hearing/listener.ts';
import type { KnownUtterance } from '../../recognise.ts';

const SAMPLE_RATE = 24_000;
/** The real one refuses less. */
const SHORTEST_COMMIT_MS = 100;

/** A turn of the caller, committed. */
export interface HeardTurn {
  readonly itemId: string;
  /** Empty when it was none of the known sentences. */
  readonly text: string;
  readonly confidence: number;
  readonly audioMs: number;
}

export type EarEvent =
  | { readonly type: 'started'; readonly itemId: string; readonly atMs: number }
  | { readonly type: 'stopped'; readonly itemId: string; readonly atMs: number }
  | { readonly type: 'committed'; readonly turn: HeardTurn };

export interface EarOptions {
  readonly known: readonly KnownUtterance[];
  readonly endpointMs: number;
}

export class Ear {
  readonly #options: EarOptions;
  #listener: Listener;
  #oddByte: Buffer = Buffer.alloc(0);
  #bufferedMs = 0;
  #itemId = newItemId();
  #understood: { text: string; confidence: number }[] = [];

  constructor(options: EarOptions) {
    this.#options = options;
    this.#listener = this.#listen();
  }

  /** @param endsTurns whether the server notices the end of a turn itself */
  append(bytes: Buffer, endsTurns: boolean): EarEvent[] {
    const sound = Buffer.concat([this.#oddByte, bytes]);
    const pcm = new Int16Array(sound.length >> 1);
    for (let index = 0; index < pcm.length; index += 1) pcm[index] = sound.readInt16LE(index * 2);
    this.#oddByte = sound.subarray(pcm.length * 2);
    const ms = (pcm.length / SAMPLE_RATE) * 1_000;
    this.#bufferedMs += ms;
    const heard = this.#listener.push(pcm);
    for (const one of heard) this.#remember(one);
    return endsTurns ? heard.flatMap((one) => this.#tell(one)) : [];
  }

  /** Undefined for less sound than may be committed. */
  commit(): HeardTurn | undefined {
    if (this.#bufferedMs < SHORTEST_COMMIT_MS) return undefined;
    for (const one of this.#listener.finish()) this.#remember(one);
    return this.#take(this.#bufferedMs);
  }

  clear(): void {
    this.#listener = this.#listen();
    this.#oddByte = Buffer.alloc(0);
    this.#bufferedMs = 0;
    this.#understood = [];
  }

  #listen(): Listener {
    return new Listener({ sampleRate: SAMPLE_RATE, ...this.#options });
  }

  #remember(heard: Heard): void {
    if (heard.type === 'final') this.#understood.push({ text: heard.text ?? '', confidence: heard.confidence });
  }

  #tell(heard: Heard): EarEvent[] {
    const itemId = this.#itemId;
    if (heard.type === 'started') return [{ type: 'started', itemId, atMs: heard.atMs }];
    if (heard.type === 'interim') return [];
    const stopped = { type: 'stopped', itemId, atMs: heard.toMs } as const;
    return [stopped, { type: 'committed', turn: this.#take(heard.toMs - heard.fromMs) }];
  }

  #take(audioMs: number): HeardTurn {
    const said = this.#understood.filter(({ text }) => text !== '');
    const confidence = Math.min(1, ...said.map((one) => one.confidence));
    const text = said.map((one) => one.text).join(' ');
    const turn = { itemId: this.#itemId, text, confidence, audioMs: Math.round(audioMs) };
    this.#itemId = newItemId();
    this.#understood = [];
    this.#bufferedMs = 0;
    return turn;
  }
}

export function newItemId(): string {
  return `item_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
}
