/** One open line to a speech recogniser: a caller's sound comes in over a websocket, messages about it go out in order. */
import { PassThrough } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { sendAll } from '../protocol.ts';
import type { Cue } from '../script.ts';
import { bytesOf } from '../wire.ts';

export interface LineEvents {
  /** Sound, 16-bit little-endian mono; an odd byte is kept for the next message. */
  readonly onSound: (pcm: Int16Array, bytes: number) => void;
  readonly onText: (text: string) => void;
}

export class Line {
  readonly #socket: WebSocket;
  /** What is to be sent; the cue decides how fast it leaves. */
  readonly #outbox = new PassThrough({ objectMode: true });
  #oddByte = Buffer.alloc(0);

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Takes in from now on. */
  listen({ onSound, onText }: LineEvents): void {
    this.#socket.on('message', (data: RawData, isBinary: boolean) => {
      const bytes = bytesOf(data);
      if (isBinary) onSound(this.#samples(bytes), bytes.length);
      else onText(bytes.toString());
    });
    this.#socket.once('close', () => this.#outbox.end());
  }

  /** Sends from now on, also what was to be sent before. @param garbage what this protocol's client cannot read */
  speak(cue: Cue, garbage: string): void {
    void sendAll(this.#socket, { chunks: this.#outbox, cue, garbage });
  }

  send(message: object): void {
    if (!this.#outbox.writableEnded) this.#outbox.write(JSON.stringify(message));
  }

  /** Closes the line when all is sent. */
  end(): void {
    this.#outbox.end();
  }

  /** Closes at once, as a server does that was sent what is no message of its protocol. */
  refuse(reason: string): void {
    this.#socket.close(1_008, reason);
  }

  #samples(bytes: Buffer): Int16Array {
    const sound = Buffer.concat([this.#oddByte, bytes]);
    const pcm = new Int16Array(sound.length >> 1);
    for (let index = 0; index < pcm.length; index += 1) pcm[index] = sound.readInt16LE(index * 2);
    this.#oddByte = sound.subarray(pcm.length * 2);
    return pcm;
  }
}
