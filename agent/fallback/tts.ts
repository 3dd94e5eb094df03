/** Voices in a row, as one: when one fails, the next one speaks the rest of the answer. */
import { type APIConnectOptions, tokenize, tts } from '@livekit/agents';
import { Pace } from './pace.ts';
import { SentencePlayer } from './sentence-player.ts';
import type { Succession } from './succession.ts';

/** The succession decides who is tried again, and when. */
const once: APIConnectOptions = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 0 };
const letters = /[\p{L}\p{N}]/u;

export class FallbackTTS extends tts.TTS {
  override readonly label = 'fallback.TTS';
  readonly #succession: Succession<tts.TTS>;
  readonly #all: readonly tts.TTS[];
  /** What the greeting showed of a voice helps when a later sentence breaks off. */
  readonly #paces = new Map<tts.TTS, Pace>();

  constructor(succession: Succession<tts.TTS>, all: readonly tts.TTS[]) {
    super(succession.current.service.sampleRate, 1, { streaming: true });
    this.#succession = succession;
    this.#all = all;
  }

  override get model(): string {
    return this.#succession.current.model;
  }

  override get provider(): string {
    return this.#succession.current.provider;
  }

  /** All that was heard so far was the configured voice, and in one piece. */
  get isUnbroken(): boolean {
    return !this.#succession.everFailed;
  }

  /** The same voices, for words of which the session is not to hear when they fail. Nothing to close. */
  aside(): FallbackTTS {
    const aside = new FallbackTTS(this.#succession, []);
    // Without any listener an `error` event is thrown.
    aside.on('error', () => undefined);
    return aside;
  }

  override synthesize(): tts.ChunkedStream {
    throw new Error('an answer is spoken while it is written: use stream()');
  }

  override stream(): tts.SynthesizeStream {
    return new FallbackSpeech(this, this.#succession);
  }

  paceOf(voice: tts.TTS): Pace {
    const pace = this.#paces.get(voice) ?? new Pace();
    this.#paces.set(voice, pace);
    return pace;
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), ...this.#all.map((each) => each.close())]);
  }
}

class FallbackSpeech extends tts.SynthesizeStream {
  override readonly label = 'fallback.Speech';
  readonly #succession: Succession<tts.TTS>;
  readonly #chain: FallbackTTS;
  readonly #player: SentencePlayer;
  /** Not spoken yet; the first one is being spoken. */
  readonly #sentences: string[] = [];
  #complete = false;
  #wake: () => void = () => undefined;

  constructor(chain: FallbackTTS, succession: Succession<tts.TTS>) {
    super(chain, once);
    this.#chain = chain;
    this.#succession = succession;
    this.#player = new SentencePlayer(chain.sampleRate, this.abortSignal);
  }

  protected override async run(): Promise<void> {
    const split = new tokenize.basic.SentenceTokenizer().stream();
    try {
      await Promise.all([this.#read(split), this.#collect(split), this.#speakAll()]);
      if (!this.abortSignal.aborted) this.queue.put(tts.SynthesizeStream.END_OF_STREAM);
    } finally {
      this.#player.close();
    }
  }

  async #read(split: tokenize.SentenceStream): Promise<void> {
    for await (const part of this.input) {
      if (typeof part === 'symbol') split.flush();
      else split.pushText(part);
    }
    split.endInput();
    split.close();
  }

  async #collect(split: tokenize.SentenceStream): Promise<void> {
    for await (const { token } of split) {
      // A voice makes no sound of a dash or of three dots, which is no failure.
      if (!letters.test(token)) continue;
      this.#sentences.push(token);
      this.#prepareNext();
      this.#wake();
    }
    this.#complete = true;
    this.#wake();
  }

  async #speakAll(): Promise<void> {
    while (!this.abortSignal.aborted) {
      const [sentence] = this.#sentences;
      if (sentence !== undefined) {
        this.#prepareNext();
        await this.#speak(sentence);
        this.#sentences.shift();
      } else if (this.#complete) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  /** One sentence ahead of what is heard: there is no gap between two, and little is paid for that nobody hears. */
  #prepareNext(): void {
    const [, next] = this.#sentences;
    if (next !== undefined) this.#player.prepare(next, this.#succession.current);
  }

  /** By the voice that serves now, and what it leaves by those behind it. @throws the last one's failure */
  async #speak(sentence: string): Promise<void> {
    const round = this.#succession.round();
    let rest = sentence;
    while (rest !== '' && !this.abortSignal.aborted) {
      const candidate = this.#succession.current;
      const mark = rest === sentence ? sentence : undefined;
      const outcome = await this.#player.play(
        { text: rest, mark, alone: this.#succession.alone },
        candidate,
        (audio) => {
          if (!this.queue.closed) this.queue.put(audio);
        },
      );
      const pace = this.#chain.paceOf(candidate.service);
      if (outcome.broken === undefined) return pace.learn(rest, outcome.seconds);
      if (this.abortSignal.aborted) return;
      this.#player.forget();
      if (round.failed(candidate, outcome.broken) === undefined) throw outcome.broken;
      rest = pace.restOf(rest, outcome.seconds);
      this.#prepareNext();
    }
  }
}
