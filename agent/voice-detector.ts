/**
 * Tells when the caller speaks: the library's detector, which is asked only where something is heard.
 *
 * It looks at each 32 ms of each call in a thread beside, and the thread that has all calls pays for waking that one up: 0.16 of
 * its milliseconds each time, and 0.1 of the other one's, 0.008 of a core a call (`npm run bench -- --profile`). Most of a call a
 * caller listens or thinks, and on a digital line that is silence.
 */
import { inference } from '@livekit/agents';

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

/** Where the library keeps the model of a stream. */
const modelField = '_nativeVad';

export class VoiceDetector extends inference.VAD {
  constructor() {
    super(options);
  }

  override stream(): ReturnType<inference.VAD['stream']> {
    const stream = super.stream();
    const model: unknown = Reflect.get(stream, modelField);
    if (isModel(model)) Reflect.set(stream, modelField, new SilenceSkipped(model));
    return stream;
  }
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
