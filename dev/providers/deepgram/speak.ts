/** `/v1/speak`: text to speech, once over HTTP or text by text over a websocket (developers.deepgram.com/docs/tts-websocket). */
import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import { chunksOf } from '../audio.ts';
import { type Protocol, refuse, sendAll, streamed } from '../protocol.ts';
import { guessLanguage, type Language, readLanguage } from '../speech/language.ts';
import { pcmBytes } from '../speech/speech.ts';
import type { Stage } from '../stage.ts';
import { bytesOf, parseJson } from '../wire.ts';
import { badRequest } from './refusal.ts';
import { begin, type DeepgramBegun } from './request.ts';

const paramsSchema = z.looseObject({
  model: z
    .string()
    .regex(/^aura-2-[a-z]+-[a-z]{2}$/, 'Bad Request: No such model')
    .default('aura-2-thalia-en'),
  encoding: z.literal('linear16').default('linear16'),
  container: z.literal('none').default('none'),
  sample_rate: z.coerce.number().int().min(8_000).max(48_000).default(24_000),
});
type Params = z.infer<typeof paramsSchema>;

const controlSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Speak'), text: z.string() }),
  z.object({ type: z.literal('Flush') }),
  z.object({ type: z.literal('Clear') }),
  z.object({ type: z.literal('Close') }),
]);

export const speak: Protocol = {
  routes: (app, stage) => {
    app.post('/v1/speak', async (context) => {
      const connection = randomUUID();
      const url = new URL(context.req.url);
      const params = paramsSchema.safeParse(Object.fromEntries(url.searchParams));
      const body = z.object({ text: z.string().min(1) }).safeParse(await context.req.json().catch(() => undefined));
      if (!params.success) return refuse(badRequest(params.error, connection));
      if (!body.success) return refuse(badRequest(body.error, connection));
      const { model, sample_rate: sampleRate } = params.data;
      const { text } = body.data;
      const language = languageOf(model, text);
      const authorization = context.req.header('authorization');
      const begun = begin(stage, { kind: 'speak', url, authorization, connection, language, user: text }, 200);
      if (begun.refusal !== undefined) return refuse(begun.refusal);
      const audio = pcmBytes(await stage.speech.say(text, language, sampleRate));
      begun.entry.bytes = audio.length;
      const headers = { 'content-type': 'audio/l16', 'dg-request-id': connection, 'dg-model-name': model };
      return streamed(context, headers, { chunks: chunksOf(audio, sampleRate), cue: begun.cue, garbage: Buffer.of(0) });
    });
  },
  sockets: {
    '/v1/speak': ({ url, headers, connection }, stage) => {
      const params = paramsSchema.safeParse(Object.fromEntries(url.searchParams));
      if (!params.success) return { refusal: badRequest(params.error, connection) };
      const language = readLanguage(params.data.model.split('-').at(-1));
      const request = { kind: 'speak' as const, url, authorization: headers.authorization, connection, language };
      const begun = begin(stage, request, 101);
      if (begun.refusal !== undefined) return { refusal: begun.refusal };
      return { accept: (socket) => new Recital(socket, stage, { connection, params: params.data, begun }).run() };
    },
  },
};

/** The model's own language, `aura-2-thalia-en`; where it names none that has a voice here, that of the text. */
function languageOf(model: string, text: string): Language {
  return readLanguage(model.split('-').at(-1)) ?? guessLanguage(text);
}

interface RecitalOptions {
  readonly connection: string;
  readonly params: Params;
  readonly begun: DeepgramBegun;
}

class Recital {
  readonly #socket: WebSocket;
  readonly #stage: Stage;
  readonly #options: RecitalOptions;
  readonly #outbox = new PassThrough({ objectMode: true });
  /** Messages are handled one after the other, also while a text is still being rendered. */
  #done: Promise<void> = Promise.resolve();
  #text = '';
  #sequence = 0;

  constructor(socket: WebSocket, stage: Stage, options: RecitalOptions) {
    this.#socket = socket;
    this.#stage = stage;
    this.#options = options;
  }

  run(): void {
    const { connection, params, begun } = this.#options;
    this.#send({ type: 'Metadata', request_id: connection, model_name: params.model, model_version: 'switchboard' });
    this.#socket.on('message', (data: RawData) => {
      this.#done = this.#done.then(() => this.#control(bytesOf(data).toString())).catch(() => this.#socket.terminate());
    });
    this.#socket.once('close', () => this.#outbox.end());
    void sendAll(this.#socket, { chunks: this.#outbox, cue: begun.cue, garbage: '{"type":' });
  }

  async #control(message: string): Promise<void> {
    const control = controlSchema.safeParse(parseJson(message));
    if (!control.success) return this.#socket.close(1_008, 'DATA-0000');
    switch (control.data.type) {
      case 'Speak':
        this.#text += control.data.text;
        return;
      case 'Flush':
        return this.#flush();
      case 'Clear':
        this.#text = '';
        return this.#send({ type: 'Cleared', sequence_id: this.#sequence++ });
      case 'Close':
        if (this.#text.trim() !== '') await this.#flush();
        this.#outbox.end();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#text.trim();
    this.#text = '';
    const { params, begun } = this.#options;
    if (text !== '') {
      const language = languageOf(params.model, text);
      const audio = pcmBytes(await this.#stage.speech.say(text, language, params.sample_rate));
      begun.note({ user: text, language, bytes: audio.length });
      for (const chunk of chunksOf(audio, params.sample_rate)) this.#outbox.write(chunk);
    }
    this.#send({ type: 'Flushed', sequence_id: this.#sequence++ });
  }

  #send(message: object): void {
    if (!this.#outbox.writableEnded) this.#outbox.write(JSON.stringify(message));
  }
}
