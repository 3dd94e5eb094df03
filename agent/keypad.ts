/**
 * Keys that the caller presses. They reach the model as something the caller said, because the agent may have asked for them
 * ("press one for orders") and must answer. Digits are gathered until a pause or a `#`, or a phone number would be ten turns.
 *
 * While a tool waits for digits they are that tool's alone: a customer number said to the model twice is two turns, and what
 * is asked for this way may be too private for a transcript.
 */
import type { voice } from '@livekit/agents';
import { type Room, RoomEvent } from '@livekit/rtc-node';

const pauseMs = 1_500;

export interface WantedDigits {
  readonly count: number;
  /** Ends the input before all digits are there; null: nothing does. */
  readonly terminator: '#' | '*' | null;
  /** Longest wait for the first key, and from each key to the next one. */
  readonly timeoutMs: number;
  /** Settles when the caller has been told what to press: the wait begins then, keys count before. */
  readonly asked: Promise<unknown>;
}

export interface PressedDigits {
  readonly digits: string;
  readonly ended: 'complete' | 'terminator' | 'timeout' | 'left';
}

export class Keypad {
  readonly #room: Room;
  /** Not yet said to the model. */
  #pressed = '';
  #timer: NodeJS.Timeout | undefined;
  #collection: Collection | undefined;

  constructor(room: Room) {
    this.#room = room;
  }

  /** @returns stops listening */
  listen(session: voice.AgentSession): () => void {
    const say = () => {
      clearTimeout(this.#timer);
      if (this.#pressed !== '') void session.generateReply({ userInput: `[keypad: ${this.#pressed}]` });
      this.#pressed = '';
    };
    const onKey = (_code: number, key: string) => {
      if (this.#collection === undefined) this.#gather(key, say);
      else this.#collection.press(key);
    };
    this.#room.on(RoomEvent.DtmfReceived, onKey);
    return () => {
      clearTimeout(this.#timer);
      this.#collection?.end('left');
      this.#room.off(RoomEvent.DtmfReceived, onKey);
    };
  }

  #gather(key: string, say: () => void): void {
    this.#pressed += key;
    clearTimeout(this.#timer);
    if (key === '#') say();
    else this.#timer = setTimeout(say, pauseMs);
  }

  /** Takes what was pressed in the last moment and the next keys. Another collection that waits ends here. */
  async collect(wanted: WantedDigits): Promise<PressedDigits> {
    this.#collection?.end('left');
    const collection = new Collection(wanted);
    this.#collection = collection;
    clearTimeout(this.#timer);
    for (const key of this.#pressed) collection.press(key);
    this.#pressed = '';
    try {
      return await collection.result;
    } finally {
      if (this.#collection === collection) this.#collection = undefined;
    }
  }

  /** The caller does something else. */
  stopCollecting(): void {
    this.#collection?.end('left');
  }
}

class Collection {
  readonly result: Promise<PressedDigits>;
  readonly #wanted: WantedDigits;
  #digits = '';
  #timer: NodeJS.Timeout | undefined;
  #waiting = false;
  #ended = false;
  #resolve: (pressed: PressedDigits) => void = () => undefined;

  constructor(wanted: WantedDigits) {
    this.#wanted = wanted;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    const wait = () => {
      this.#waiting = true;
      this.#restart();
    };
    wanted.asked.then(wait, wait);
  }

  press(key: string): void {
    if (this.#ended) return;
    const ends = key === this.#wanted.terminator;
    if (!ends) this.#digits += key;
    if (ends) this.end('terminator');
    else if (this.#digits.length >= this.#wanted.count) this.end('complete');
    else this.#restart();
  }

  end(ended: PressedDigits['ended']): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#resolve({ digits: this.#digits, ended });
  }

  #restart(): void {
    clearTimeout(this.#timer);
    if (this.#waiting && !this.#ended) this.#timer = setTimeout(() => this.end('timeout'), this.#wanted.timeoutMs);
  }
}
