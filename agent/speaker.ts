/**
 * The agent's voice into the room. When the caller interrupts, it tells the session which words were played: otherwise the
 * record, and the model, would take the whole answer for said.
 *
 * Works where sentences are spoken one by one, because there each begins with a mark of its text, and where a model tells the
 * words of what it says; for a voice that streams one long sound the whole answer stays.
 */
import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { z } from 'zod';
import { sentenceMark } from './sound.ts';

const marksSchema = z.array(z.object({ text: z.string() })).catch([]);
/** English and Italian alike, as telephone voices speak them; a word more or less is no harm. */
const charactersPerSecond = 15;

interface Sentence {
  readonly text: string;
  readonly beginsAtS: number;
}

export interface Overheard {
  readonly frames: readonly AudioFrame[];
  end(): void;
}

export class Speaker extends voice.ParticipantAudioOutput {
  /** Words of the answer that is being played, where sound comes without marks. */
  saying: () => string = () => '';
  #sentences: Sentence[] = [];
  #capturedS = 0;
  #lastSoundMs = 0;
  readonly #overheard = new Set<AudioFrame[]>();

  /** Monotonic time at which sound last left. */
  get lastSoundMs(): number {
    return this.#lastSoundMs;
  }

  /** Collects what is given to be spoken from now on. */
  overhear(): Overheard {
    const frames: AudioFrame[] = [];
    this.#overheard.add(frames);
    return { frames, end: () => this.#overheard.delete(frames) };
  }

  override async captureFrame(frame: AudioFrame): Promise<void> {
    const marks = frame.userdata[sentenceMark];
    // Twenty frames a second have none.
    for (const { text } of marks === undefined ? [] : marksSchema.parse(marks))
      this.#sentences.push({ text, beginsAtS: this.#capturedS });
    this.#capturedS += frame.samplesPerChannel / frame.sampleRate;
    for (const frames of this.#overheard) frames.push(frame);
    await super.captureFrame(frame);
    this.#lastSoundMs = performance.now();
  }

  override onPlaybackFinished(event: voice.PlaybackFinishedEvent): void {
    const marked = this.#sentences;
    const unmarked = this.saying();
    const sentences = marked.length === 0 && unmarked !== '' ? [{ text: unmarked, beginsAtS: 0 }] : marked;
    this.#sentences = [];
    this.#capturedS = 0;
    const known = event.interrupted && sentences.length > 0;
    const played = known ? { synchronizedTranscript: playedWords(sentences, event.playbackPosition) } : {};
    super.onPlaybackFinished({ ...event, ...played });
  }
}

/** Whole sentences, and of the last one the words there was time for. */
export function playedWords(sentences: readonly Sentence[], playedS: number): string {
  const begun = sentences.filter(({ beginsAtS }) => beginsAtS < playedS);
  const last = begun.pop();
  if (last === undefined) return '';
  const characters = Math.ceil((playedS - last.beginsAtS) * charactersPerSecond);
  const rest = last.text.slice(characters).search(/\s|$/);
  return [...begun.map(({ text }) => text), last.text.slice(0, characters + rest)].join(' ');
}
