/** Has single sentences spoken, the next one already while one is heard. */
import { type APIConnectOptions, createTimedString, type tts } from '@livekit/agents';
import { AudioResampler } from '@livekit/rtc-node';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import { patienceMs } from './patience.ts';
import type { Candidate } from './succession.ts';

const once: APIConnectOptions = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 0 };

type Voice = Candidate<tts.TTS>;

export interface Part {
  readonly text: string;
  /** Given for a sentence that is spoken from its beginning: an interrupted answer is recorded by these marks. */
  readonly mark: string | undefined;
  readonly alone: boolean;
}

export interface Played {
  readonly seconds: number;
  /** Why the sound is not complete. */
  readonly broken: Error | undefined;
}

export class SentencePlayer {
  readonly #sampleRate: number;
  readonly #abort: AbortSignal;
  readonly #releases = new Map<tts.TTS, () => void>();
  /** A voice tells of failures by itself; its streams only end. */
  readonly #failures = new Map<tts.TTS, Error>();
  #prepared: { readonly text: string; readonly from: Voice; readonly stream: tts.ChunkedStream } | undefined;

  /** @param sampleRate of all sound that is given, whatever rate a voice has */
  constructor(sampleRate: number, abort: AbortSignal) {
    this.#sampleRate = sampleRate;
    this.#abort = abort;
  }

  prepare(text: string, from: Voice): void {
    if (this.#prepared?.text === text && this.#prepared.from === from) return;
    this.forget();
    this.#prepared = { text, from, stream: this.#ask(text, from) };
  }

  /** What was prepared is not wanted. */
  forget(): void {
    this.#prepared?.stream.close();
    this.#prepared = undefined;
  }

  async play(part: Part, from: Voice, put: (audio: tts.SynthesizedAudio) => void): Promise<Played> {
    const { service } = from;
    const sound = this.#take(part.text, from);
    const patience = patienceMs(part);
    const resample = this.#resampled(service.sampleRate, put);
    let seconds = 0;
    let final = false;
    try {
      for (;;) {
        const { done, value: audio } = await withDeadline('the next sound of the voice', patience, sound.next());
        if (done) break;
        final = audio.final;
        const marked = seconds === 0 && part.mark !== undefined;
        const marks = marked ? { timedTranscripts: [createTimedString({ text: part.mark })] } : {};
        seconds += audio.frame.samplesPerChannel / audio.frame.sampleRate;
        resample.push({ ...audio, ...marks, final: false });
      }
      if (seconds > 0) resample.flush();
    } catch (thrown) {
      this.#failures.set(service, coerceError(thrown));
    } finally {
      resample.close();
      sound.close();
    }
    if (final) return { seconds, broken: undefined };
    return { seconds, broken: this.#failures.get(service) ?? new Error('the voice gave no sound, or not all of it') };
  }

  close(): void {
    this.forget();
    for (const release of this.#releases.values()) release();
  }

  #take(text: string, from: Voice): tts.ChunkedStream {
    const prepared = this.#prepared;
    if (prepared?.text !== text || prepared.from !== from) return this.#ask(text, from);
    this.#prepared = undefined;
    return prepared.stream;
  }

  #ask(text: string, { service }: Voice): tts.ChunkedStream {
    if (!this.#releases.has(service)) {
      const onError = ({ error }: { readonly error: Error }) => void this.#failures.set(service, error);
      service.on('error', onError);
      this.#releases.set(service, () => service.off('error', onError));
    }
    return service.synthesize(text, once, this.#abort);
  }

  #resampled(from: number, put: (audio: tts.SynthesizedAudio) => void) {
    if (from === this.#sampleRate) return { push: put, flush: () => undefined, close: () => undefined };
    const resampler = new AudioResampler(from, this.#sampleRate, 1);
    let marks: Pick<tts.SynthesizedAudio, 'timedTranscripts'> = {};
    const ids = { requestId: '', segmentId: '', final: false };
    return {
      push(audio: tts.SynthesizedAudio) {
        if (audio.timedTranscripts !== undefined) marks = { timedTranscripts: audio.timedTranscripts };
        // A resampler may keep the first frame to itself; the mark goes with the first one it gives.
        for (const frame of resampler.push(audio.frame)) {
          put({ ...ids, ...marks, frame });
          marks = {};
        }
      },
      flush() {
        for (const frame of resampler.flush()) put({ ...ids, ...marks, frame });
      },
      close: () => resampler.close(),
    };
  }
}
