/**
 * Tells when the caller speaks: the library's detector, asked only where something is heard, and its word corrected by how late it
 * comes.
 *
 * It looks at each 32 ms of each call in a thread beside, and the thread that has all calls pays for waking that one up: 0.16 of
 * its milliseconds each time, and 0.1 of the other one's, 0.008 of a core a call (`npm run bench -- --profile`). Most of a call a
 * caller listens or thinks, and on a digital line that is silence.
 */
import { inference, type VADEvent, VADEventType } from '@livekit/agents';
import { HeardUntil } from './heard-until.ts';

/** 15 s instead of 60 s of speech kept a call: 2 MB less. */
const options = { maxBufferedSpeech: 15_000 };
/** Largest sample that is silence: 54 dB below full scale, the noise of a telephone's quantisation and no more. */
const silent = 64;
/**
 * So much silence the model hears itself before it is left alone, 320 ms. What it remembers longer moves where a turn begins and
 * ends by less than a frame.
 */
const settlingWindows = 10;

/** What the library asks of its native side for each 32 ms, between 0 and 1. */
interface Model {
  predict(window: Int16Array): Promise<number>;
  reset(): void;
}

/** Where the library keeps the model of a stream, takes its frames and tells what it found. */
const modelField = '_nativeVad';
const inputField = 'inputWriter';
const tellField = 'sendVADEvent';

/**
 * By so much the model hears the end of speech late: two of its windows, 44 to 108 ms with sentences of three languages. The wait for
 * the end of a turn runs from the end of speech, so that a business has the quiet it asks for and not a tenth of a second more.
 */
const endHeardLateMs = 64;

export class VoiceDetector extends inference.VAD {
  constructor() {
    super(options);
  }

  override stream(): ReturnType<inference.VAD['stream']> {
    const stream = super.stream();
    const model: unknown = Reflect.get(stream, modelField);
    if (isModel(model)) Reflect.set(stream, modelField, new SilenceSkipped(model));
    correctEnds(stream);
    return stream;
  }
}

/** Has a stream say when speech ended, not when it was known to have. */
function correctEnds(stream: object): void {
  const input: unknown = Reflect.get(stream, inputField);
  const tell: unknown = Reflect.get(stream, tellField);
  if (!isInput(input) || typeof tell !== 'function') return;
  const heard = new HeardUntil();
  const write = input.write.bind(input);
  input.write = (pushed) => {
    heard.note(pushed);
    return write(pushed);
  };
  Reflect.set(stream, tellField, (event: VADEvent): unknown => {
    const corrected = event.type === VADEventType.END_OF_SPEECH ? endedEarlier(event, heard) : event;
    return Reflect.apply(tell, stream, [corrected]);
  });
}

/** The library takes what the model took off as well: that is part of the age. */
function endedEarlier(event: VADEvent, heard: HeardUntil): VADEvent {
  const sinceMs = heard.ageMs(event.timestamp) + event.silenceDuration + endHeardLateMs;
  return { ...event, silenceDuration: Math.max(event.silenceDuration, sinceMs - event.inferenceDuration) };
}

function isInput(value: unknown): value is { write(pushed: unknown): Promise<void> } {
  return typeof value === 'object' && value !== null && 'write' in value && typeof value.write === 'function';
}

function isModel(value: unknown): value is Model {
  return typeof value === 'object' && value !== null && 'predict' in value && 'reset' in value;
}

/** Above the model: it is asked unless there has been silence for a while. */
export class SilenceSkipped implements Model {
  readonly #model: Model;
  #silentWindows = 0;

  constructor(model: Model) {
    this.#model = model;
  }

  async predict(window: Int16Array): Promise<number> {
    this.#silentWindows = window.some((sample) => sample > silent || sample < -silent) ? 0 : this.#silentWindows + 1;
    return this.#silentWindows > settlingWindows ? 0 : await this.#model.predict(window);
  }

  reset(): void {
    this.#silentWindows = 0;
    this.#model.reset();
  }
}
