/**
 * `ws /v1/listen`: live transcription. What is none of the known utterances comes back as an empty final transcript, which
 * is also what the real one sends for sounds it cannot make words of.
 */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { Line } from '../hearing/line.ts';
import { type Heard, Listener } from '../hearing/listener.ts';
import type { Protocol } from '../protocol.ts';
import { readLanguage } from '../speech/language.ts';
import type { Stage } from '../stage.ts';
import { parseJson } from '../wire.ts';
import { closingMetadata, results, speechStarted, utteranceEnd } from './messages.ts';
import { badRequest } from './refusal.ts';
import { begin, type DeepgramBegun } from './request.ts';

const noSuchModel = 'Bad Request: No such model/language/tier combination found.';

const paramsSchema = z.looseObject({
  model: z
    .string()
    .regex(/^(nova|enhanced|base|whisper)/, noSuchModel)
    .default('nova-3'),
  encoding: z.literal('linear16'),
  sample_rate: z.coerce.number().int().min(8_000).max(48_000),
  channels: z.literal('1').default('1'),
  interim_results: z.stringbool().default(false),
  vad_events: z.stringbool().default(false),
  utterance_end_ms: z.coerce.number().int().min(1_000).optional(),
  language: z.string().optional(),
});

const controlSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('KeepAlive') }),
  z.object({ type: z.literal('Finalize') }),
  z.object({ type: z.literal('CloseStream') }),
]);

export const listen: Protocol = {
  sockets: {
    '/v1/listen': ({ url, headers, connection }, stage) => {
      const params = paramsSchema.safeParse(Object.fromEntries(url.searchParams));
      if (!params.success) return { refusal: badRequest(params.error, connection) };
      const language = readLanguage(params.data.language);
      const request = { kind: 'listen' as const, url, authorization: headers.authorization, connection, language };
      const begun = begin(stage, request, 101);
      if (begun.refusal !== undefined) return { refusal: begun.refusal };
      return { accept: (socket) => new Transcript(socket, stage, { connection, params: params.data, begun }).run() };
    },
  },
};

interface TranscriptOptions {
  readonly connection: string;
  readonly params: z.infer<typeof paramsSchema>;
  readonly begun: DeepgramBegun;
}

class Transcript {
  readonly #line: Line;
  readonly #options: TranscriptOptions;
  readonly #listener: Listener;
  #lastEndMs: number | undefined;

  constructor(socket: WebSocket, stage: Stage, options: TranscriptOptions) {
    this.#line = new Line(socket);
    this.#options = options;
    const { sample_rate: sampleRate, language } = options.params;
    this.#listener = new Listener({
      sampleRate,
      endpointMs: stage.endpointMs,
      known: stage.known(readLanguage(language)),
    });
  }

  run(): void {
    this.#line.speak(this.#options.begun.cue, '{"type":"Results","channel":');
    this.#line.listen({
      onSound: (pcm, bytes) => this.#hear(pcm, bytes),
      onText: (text) => this.#control(text),
    });
  }

  #hear(pcm: Int16Array, bytes: number): void {
    this.#options.begun.entry.bytes += bytes;
    for (const heard of this.#listener.push(pcm)) this.#tell(heard, false);
    this.#endUtterance();
  }

  #control(text: string): void {
    const message = controlSchema.safeParse(parseJson(text));
    if (!message.success) {
      this.#line.refuse('DATA-0000');
      return;
    }
    const { entry } = this.#options.begun;
    if (message.data.type === 'KeepAlive') {
      entry.keepAlives = (entry.keepAlives ?? 0) + 1;
      return;
    }
    for (const heard of this.#listener.finish()) this.#tell(heard, true);
    if (message.data.type === 'Finalize') return;
    this.#line.send(closingMetadata(this.#options.connection, this.#listener.heardMs));
    this.#line.end();
  }

  #tell(heard: Heard, fromFinalize: boolean): void {
    const { connection, params, begun } = this.#options;
    if (heard.type === 'started') {
      if (params.vad_events) this.#line.send(speechStarted(heard.atMs));
      return;
    }
    if (heard.type === 'interim') {
      if (params.interim_results) this.#line.send(results({ connection, model: params.model }, heard, false));
      return;
    }
    const understood = { ...heard, text: begun.cue.reply ?? heard.text };
    begun.note({ recognised: understood.text ?? '', confidence: heard.confidence });
    this.#line.send(results({ connection, model: params.model }, understood, fromFinalize));
    this.#lastEndMs = heard.toMs;
  }

  #endUtterance(): void {
    const afterMs = this.#options.params.utterance_end_ms;
    if (afterMs === undefined || this.#lastEndMs === undefined) return;
    if (this.#listener.heardMs - this.#lastEndMs < afterMs) return;
    this.#line.send(utteranceEnd(this.#lastEndMs));
    this.#lastEndMs = undefined;
  }
}
