import { TransformStream } from 'node:stream/web';
import { voice } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';

/** What the caller says, on its way to the session, heard by somebody else too. */
export class TapedInput extends voice.AudioInput {
  readonly #source: voice.AudioInput;

  constructor(source: voice.AudioInput, onFrame: (frame: AudioFrame) => void) {
    super();
    this.#source = source;
    const tap = new TransformStream<AudioFrame, AudioFrame>({
      transform(frame, output) {
        onFrame(frame);
        output.enqueue(frame);
      },
    });
    this.multiStream.addInputStream(source.stream.pipeThrough(tap));
  }

  override setAttached(attached: boolean): void {
    super.setAttached(attached);
    this.#source.setAttached(attached);
  }

  override onAttached(): void {
    this.#source.onAttached();
  }

  override onDetached(): void {
    this.#source.onDetached();
  }
}
