/** What one provider's websocket for speech recognition says and understands. */
import { normalizeLanguage, stt } from '@livekit/agents';

export interface RecognitionProtocol {
  /** For people. */
  readonly title: string;
  readonly provider: string;
  readonly model: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Sound goes out as 16-bit little-endian mono at this rate. */
  readonly sampleRateHz: number;
  /** Sent first; undefined: the address says it all. */
  readonly opening?: string;
  /** Sent when there was no sound for five seconds. */
  readonly keepAlive?: string;
  /** Asks for the final words of what was heard so far. */
  readonly finalize?: string;
  /** Says that no more sound comes; the provider sends its last words and closes. */
  readonly farewell: string | Uint8Array;
  /**
   * Reads the messages of one line, in their order. What cannot be read is passed over: the words that follow matter more.
   * @throws APIError for a message that ends the line
   */
  reader(): (message: string) => readonly Understood[];
}

export interface Words {
  readonly text: string;
  readonly language: string;
  /** From the beginning of this line's sound, in seconds. */
  readonly startS: number;
  /** Undefined: the provider does not say. */
  readonly endS: number | undefined;
  /** 0 to 1. */
  readonly confidence: number;
}

export type Understood =
  | { readonly type: 'speech began' }
  | { readonly type: 'interim'; readonly words: Words }
  | { readonly type: 'final'; readonly words: Words }
  | { readonly type: 'speech ended' };

/** Keeps the order that a session relies on: speech begins before its words, and ends once. */
export class Utterance {
  #goesOn = false;

  begin(): Understood[] {
    if (this.#goesOn) return [];
    this.#goesOn = true;
    return [{ type: 'speech began' }];
  }

  words(type: 'interim' | 'final', words: Words): Understood[] {
    return [...this.begin(), { type, words }];
  }

  end(): Understood[] {
    if (!this.#goesOn) return [];
    this.#goesOn = false;
    return [{ type: 'speech ended' }];
  }
}

const types = {
  'speech began': stt.SpeechEventType.START_OF_SPEECH,
  interim: stt.SpeechEventType.INTERIM_TRANSCRIPT,
  final: stt.SpeechEventType.FINAL_TRANSCRIPT,
  'speech ended': stt.SpeechEventType.END_OF_SPEECH,
} as const satisfies Record<Understood['type'], stt.SpeechEventType>;

/** @param offsetS sound of the lines before this one, in seconds */
export function speechEvent(understood: Understood, offsetS: number): stt.SpeechEvent {
  const type = types[understood.type];
  if (!('words' in understood)) return { type };
  const { text, language, startS, endS, confidence } = understood.words;
  const times = { startTime: startS + offsetS, endTime: (endS ?? startS) + offsetS };
  return { type, alternatives: [{ text, language: normalizeLanguage(language), confidence, ...times }] };
}
