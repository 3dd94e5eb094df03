/**
 * Speech recognition over a websocket, for every provider that works so: sound goes in, words come back.
 *
 * Deepgram's plugin is not used. Its nova class never connects again when the line drops and its Flux class neither
 * (agents-js#2469, #1813): the caller goes unheard and nothing says so; the Flux class also keeps a promise for every frame of
 * sound until the call ends, measured 137 MB for an hour (2 MB here). Soniox has no plugin to install.
 *
 * Here a line that drops is opened again, at most as often as the session's connection options say, and hears again what was
 * said since the last final words. Whatever does not come back is reported once, as an `error` event.
 */
import { type APIConnectOptions, stt } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import type { WebSocket } from 'ws';
import { interrupted, openLine, textOf } from './recognition-line.ts';
import { type RecognitionProtocol, speechEvent, type Understood } from './recognition-protocol.ts';
import { Unheard } from './unheard.ts';

const usageEveryMs = 5_000;
const keepAliveEveryMs = 5_000;
/** Sound goes out in pieces of this length: at 50 ms writing to sockets took a tenth of the JS thread (`npm run bench -- --profile`). */
const pieceMs = 100;
/** From the end of the sound to the last words. */
const farewellMs = 3_000;

export class Recognition extends stt.STT {
  override readonly label: string;
  readonly #protocol: RecognitionProtocol;
  readonly #streams = new Set<RecognitionStream>();

  constructor(protocol: RecognitionProtocol) {
    super({ streaming: true, interimResults: true, alignedTranscript: false });
    this.label = `${protocol.provider}.Recognition`;
    this.#protocol = protocol;
  }

  override get model(): string {
    return this.#protocol.model;
  }

  override get provider(): string {
    return this.#protocol.provider;
  }

  protected override async _recognize(): Promise<stt.SpeechEvent> {
    throw new Error('sound is recognised while it comes: use stream()');
  }

  override stream(options?: { connOptions?: APIConnectOptions }): RecognitionStream {
    const stream = new RecognitionStream(this, this.#protocol, options?.connOptions);
    this.#streams.add(stream);
    return stream;
  }

  override async close(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
  }
}

class RecognitionStream extends stt.SpeechStream {
  override readonly label: string;
  readonly #protocol: RecognitionProtocol;
  /** Sent to no one yet, or sent and not answered with final words. */
  readonly #unheard = new Unheard();
  /** Open, and told what comes. */
  #line: WebSocket | undefined;
  #forwarding = false;
  #soundEnded = false;
  #quiet = true;
  #unreportedMs = 0;
  /** Unheard as well, and shorter than a piece yet. */
  #piece: AudioFrame[] = [];

  constructor(recognition: Recognition, protocol: RecognitionProtocol, connection?: APIConnectOptions) {
    super(recognition, protocol.sampleRateHz, connection);
    this.label = `${recognition.label}Stream`;
    this.#protocol = protocol;
  }

  /** One line from its opening to its end; the base class calls again after a failure that may pass. */
  protected override async run(): Promise<void> {
    if (!this.#forwarding) this.#forward();
    const line = await openLine(this.#protocol, this.abortSignal);
    const onAbort = () => line.terminate();
    this.abortSignal.addEventListener('abort', onAbort, { once: true });
    const keepAlive = setInterval(() => this.#keepAlive(line), keepAliveEveryMs);
    try {
      await this.#listen(line);
    } finally {
      clearInterval(keepAlive);
      this.abortSignal.removeEventListener('abort', onAbort);
      this.#line = undefined;
      this.#reportUsage();
      line.terminate();
    }
  }

  override close(): void {
    this.#reportUsage();
    super.close();
  }

  /** Settles when the line is closed, or says that it failed. */
  #listen(line: WebSocket): Promise<void> {
    const read = this.#protocol.reader();
    const heard = new Promise<void>((resolve, reject) => {
      line.on('error', (error) => reject(interrupted(this.#protocol, error.message)));
      line.on('close', (code) => {
        if (this.#soundEnded || this.abortSignal.aborted) resolve();
        else reject(interrupted(this.#protocol, `it closed the line (${code})`));
      });
      line.on('message', (data, isBinary) => {
        try {
          if (!isBinary) for (const understood of read(textOf(data))) this.#tell(understood);
        } catch (thrown) {
          reject(thrown);
        }
      });
    });
    if (this.#protocol.opening !== undefined) line.send(this.#protocol.opening);
    // What waited to become a piece is among them.
    this.#piece = [];
    for (const sound of this.#unheard.again()) this.#send(line, sound);
    this.#line = line;
    line.resume();
    if (this.#soundEnded) this.#sayFarewell(line);
    return heard;
  }

  /**
   * One reader for all lines, so that no frame is lost between two of them. It ends with the input, which close() closes.
   * Not a race of the next frame with the end of the line: each race would leave a reaction behind, 20 a second.
   */
  #forward(): void {
    this.#forwarding = true;
    const forward = async () => {
      for await (const frame of this.input) {
        if (typeof frame === 'symbol') {
          this.#finalize();
          continue;
        }
        this.#unheard.add(frame);
        if (this.#line !== undefined) this.#send(this.#line, frame);
      }
      this.#soundEnded = true;
      if (this.#line !== undefined) this.#sayFarewell(this.#line);
    };
    // The input never throws, and a line that is not open any more takes what is sent to it in silence.
    void forward();
  }

  #finalize(): void {
    const { finalize } = this.#protocol;
    if (finalize === undefined || this.#line === undefined) return;
    this.#sendPiece(this.#line);
    this.#line.send(finalize);
  }

  #send(line: WebSocket, frame: AudioFrame): void {
    this.#piece.push(frame);
    if (lengthMs(this.#piece) >= pieceMs) this.#sendPiece(line);
  }

  #sendPiece(line: WebSocket): void {
    const frames = this.#piece;
    if (frames.length === 0) return;
    this.#piece = [];
    line.send(Buffer.concat(frames.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))));
    this.#quiet = false;
    this.#unreportedMs += lengthMs(frames);
    if (this.#unreportedMs >= usageEveryMs) this.#reportUsage();
  }

  #keepAlive(line: WebSocket): void {
    if (this.#quiet && this.#protocol.keepAlive !== undefined) line.send(this.#protocol.keepAlive);
    this.#quiet = true;
  }

  #sayFarewell(line: WebSocket): void {
    this.#sendPiece(line);
    line.send(this.#protocol.farewell);
    const timer = setTimeout(() => line.terminate(), farewellMs);
    line.once('close', () => clearTimeout(timer));
  }

  #tell(understood: Understood): void {
    if (this.queue.closed) return;
    if (understood.type === 'final') this.#unheard.heardUntil(inMs(understood.words.endS));
    this.queue.put(speechEvent(understood, this.startTimeOffset));
  }

  /** What was sent is what the provider bills, also what it had to be sent twice. */
  #reportUsage(): void {
    if (this.#unreportedMs === 0 || this.queue.closed) return;
    const recognitionUsage = { audioDuration: this.#unreportedMs / 1_000 };
    this.#unreportedMs = 0;
    this.queue.put({ type: stt.SpeechEventType.RECOGNITION_USAGE, requestId: '', recognitionUsage });
  }
}

function lengthMs(frames: readonly AudioFrame[]): number {
  return frames.reduce((ms, { samplesPerChannel, sampleRate }) => ms + (samplesPerChannel / sampleRate) * 1_000, 0);
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
