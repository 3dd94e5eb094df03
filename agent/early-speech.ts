/**
 * Words that a voice is asked for before the session that says them has begun, and before the line is open: the caller does not
 * wait for the voice then, and a key that was revoked is known before the next call of this tenant is let in.
 */
import { ReadableStream } from 'node:stream/web';
import { tts } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { FallbackTTS } from './fallback/tts.ts';
import { sentenceMark } from './sound.ts';

/** What a session would take out of a text before it is spoken; such a text is left to it. */
const notAsWritten = /[*_#`~[\]|<>]|\p{Extended_Pictographic}/u;

export function canBeSpokenEarly(text: string): boolean {
  return text.trim() !== '' && !notAsWritten.test(text);
}

export class EarlySpeech {
  readonly #stream: tts.SynthesizeStream;
  readonly #frames: AsyncGenerator<AudioFrame>;
  readonly #first: Promise<IteratorResult<AudioFrame>>;

  constructor(voices: FallbackTTS, text: string) {
    this.#stream = voices.aside().stream();
    this.#stream.pushText(text);
    this.#stream.endInput();
    this.#frames = framesOf(this.#stream);
    this.#first = this.#frames.next();
  }

  /** Whether there is a sound; false: every voice failed, which the tenant's breaker knows of by now. Never rejects. */
  async begins(): Promise<boolean> {
    const { done } = await this.#first;
    return done !== true;
  }

  /** To be taken once. */
  sound(): ReadableStream<AudioFrame> {
    const [first, rest] = [this.#first, this.#frames];
    return ReadableStream.from(
      (async function* () {
        const { done, value } = await first;
        if (done === true) return;
        yield value;
        yield* rest;
      })(),
    );
  }

  close(): void {
    this.#stream.close();
  }
}

async function* framesOf(stream: tts.SynthesizeStream): AsyncGenerator<AudioFrame> {
  for await (const audio of stream) {
    if (audio === tts.SynthesizeStream.END_OF_STREAM) return;
    if (audio.timedTranscripts !== undefined) audio.frame.userdata[sentenceMark] = audio.timedTranscripts;
    yield audio.frame;
  }
}
