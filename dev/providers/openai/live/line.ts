/** One open Realtime websocket: what it sends is numbered, and leaves as the rule for the connection wants it. */
import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { sendAll } from '../../protocol.ts';
import type { Cue } from '../../script.ts';
import { bytesOf, parseJson } from '../../wire.ts';
import { type ClientEvent, ClientMistake, clientEventSchema } from './wire.ts';

export const GARBAGE = '{"type":"response.';

export class Line {
  readonly #socket: WebSocket;
  readonly #outbox = new PassThrough({ objectMode: true });

  constructor(socket: WebSocket, cue: Cue) {
    this.#socket = socket;
    socket.once('close', () => this.#outbox.end());
    void sendAll(socket, { chunks: this.#outbox, cue, garbage: GARBAGE });
  }

  send(type: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.raw(eventText(type, fields));
  }

  /** @param text also what is no event at all */
  raw(text: string): void {
    if (!this.#outbox.writableEnded) this.#outbox.write(text);
  }

  error(error: object): void {
    this.send('error', { error: { type: 'invalid_request_error', param: null, event_id: null, ...error } });
  }

  /** Calls for each message of the client, one after the other; its mistakes are answered as the real one answers them. */
  onEvent(handle: (event: ClientEvent) => void): void {
    this.#socket.on('message', (data: RawData) => {
      const json = parseJson(bytesOf(data).toString());
      const event = clientEventSchema.safeParse(json);
      const eventId = z.object({ event_id: z.string() }).safeParse(json).data?.event_id ?? null;
      try {
        if (!event.success) throw new ClientMistake('invalid_value', z.prettifyError(event.error));
        handle(event.data);
      } catch (thrown) {
        if (!(thrown instanceof ClientMistake)) throw thrown;
        this.error({ code: thrown.code, message: thrown.message, event_id: eventId });
      }
    });
  }

  onClose(handle: () => void): void {
    this.#socket.once('close', handle);
  }

  /** After what was sent so far. */
  close(): void {
    this.#outbox.end();
  }

  cut(): void {
    this.#socket.terminate();
  }
}

export function eventText(type: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ type, event_id: `event_${randomUUID().replaceAll('-', '').slice(0, 20)}`, ...fields });
}
