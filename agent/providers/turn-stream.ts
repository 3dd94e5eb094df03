/**
 * Cuts what the caller says into turns, for services that cannot tell themselves where one ends, or that would take the
 * silence in between for words. Only speech is sent, and a turn is kept until its words have come: a service that fails is
 * tried again, and hears it again.
 */
import { type APIConnectOptions, APITimeoutError, stt, VADEventType } from '@livekit/agents';
import { AudioFrame } from '@livekit/rtc-node';
import type { VoiceDetector } from '../voice-detector.ts';

/** What is sent before the moment the detector is sure of speech: it needs 50 ms of it, and words begin softly. */
export const prefixMs = 700;
/** Noise that never ends must not fill the memory of a shard. */
const longestTurnS = 60;

export interface Turn {
  readonly frames: AudioFrame[];
  ended: boolean;
}

export abstract class TurnStream extends stt.SpeechStream {
  /** Without words yet, oldest first; the last one may still go on. */
  protected readonly turns: Turn[] = [];
  readonly #voice: ReturnType<VoiceDetector['stream']>;
  #recent: AudioFrame[] = [];
  #turnS = 0;
  /** Tries since words came last. After the second silence of a provider a caller waits no longer. */
  #tries = 0;
  #listening: Promise<void> | undefined;

  constructor(
    recogniser: stt.STT,
    vad: VoiceDetector,
    { sampleRate, connection }: { sampleRate: number; connection: APIConnectOptions | undefined },
  ) {
    super(recogniser, sampleRate, connection);
    this.#voice = vad.stream();
  }

  /** Sound of the last turn, as it comes. */
  protected abstract onSound(frame: AudioFrame): void;
  /** The last turn is over. */
  protected abstract onEnd(): void;
  /** Gives words to the turns, those that are there already first, until the stream is closed. @throws APIError */
  protected abstract transcribe(): Promise<void>;

  protected override async run(): Promise<void> {
    // Once for all tries: two readers of one input would tear the sound apart.
    this.#listening ??= this.#listen();
    try {
      await Promise.race([this.#listening, this.transcribe()]);
    } catch (thrown) {
      if (!(thrown instanceof APITimeoutError) || this.#tries === 0) throw thrown;
      throw new APITimeoutError({ message: thrown.message, options: { retryable: false } });
    } finally {
      this.#tries += 1;
    }
  }

  override close(): void {
    super.close();
    this.#voice.close();
  }

  /** The words of the oldest turn have come; silence and noise have none. */
  protected understood(text: string, language: string): void {
    this.#tries = 0;
    const turn = this.turns.shift();
    const requestId = '';
    const heardAs = { text, language: language as stt.SpeechData['language'], startTime: 0, endTime: 0, confidence: 1 };
    if (text.trim() !== '')
      this.queue.put({ type: stt.SpeechEventType.FINAL_TRANSCRIPT, requestId, alternatives: [heardAs] });
    const audioDuration = turn === undefined ? 0 : secondsOf(turn.frames);
    this.queue.put({ type: stt.SpeechEventType.RECOGNITION_USAGE, requestId, recognitionUsage: { audioDuration } });
  }

  async #listen(): Promise<void> {
    await Promise.all([this.#feed(), this.#cut()]);
  }

  async #feed(): Promise<void> {
    for await (const frame of this.input) if (typeof frame !== 'symbol') this.#voice.pushFrame(frame);
    if (!this.closed) this.#voice.endInput();
  }

  /** By the sound that the detector hands back: it may be behind what comes in. */
  async #cut(): Promise<void> {
    for await (const event of this.#voice) {
      if (this.closed) return;
      const turn = this.turns.at(-1);
      switch (event.type) {
        case VADEventType.INFERENCE_DONE:
          for (const frame of event.frames) this.#keep(frame, turn);
          break;
        case VADEventType.START_OF_SPEECH:
          this.queue.put({ type: stt.SpeechEventType.START_OF_SPEECH });
          this.#begin(this.#recent);
          this.#recent = [];
          break;
        case VADEventType.END_OF_SPEECH:
          this.queue.put({ type: stt.SpeechEventType.END_OF_SPEECH });
          if (turn !== undefined) this.#end(turn);
          break;
        case VADEventType.METRICS_COLLECTED:
          break;
      }
    }
  }

  #keep(heard: AudioFrame, turn: Turn | undefined): void {
    const frame = new AudioFrame(heard.data.slice(), heard.sampleRate, 1, heard.samplesPerChannel);
    if (turn?.ended !== false) {
      this.#recent.push(frame);
      while (secondsOf(this.#recent) * 1_000 > prefixMs) this.#recent.shift();
      return;
    }
    turn.frames.push(frame);
    this.onSound(frame);
    this.#turnS += secondsOf([frame]);
    if (this.#turnS <= longestTurnS) return;
    this.#end(turn);
    this.#begin([]);
  }

  #begin(frames: AudioFrame[]): void {
    this.turns.push({ frames, ended: false });
    this.#turnS = secondsOf(frames);
    for (const frame of frames) this.onSound(frame);
  }

  #end(turn: Turn): void {
    turn.ended = true;
    this.onEnd();
  }
}

export function secondsOf(frames: readonly AudioFrame[]): number {
  return frames.reduce((sum, { samplesPerChannel, sampleRate }) => sum + samplesPerChannel / sampleRate, 0);
}

/** Little-endian 16-bit PCM, whatever part of its buffer a frame is. */
export function bytesOf({ data }: AudioFrame): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}
