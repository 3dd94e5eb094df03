/** `ws /v2/listen`: Flux, which tells turns and not sentences (developers.deepgram.com/docs/flux/state). */
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { Line } from '../hearing/line.ts';
import { type Heard, Listener } from '../hearing/listener.ts';
import type { Protocol } from '../protocol.ts';
import { readLanguage } from '../speech/language.ts';
import type { Stage } from '../stage.ts';
import { parseJson } from '../wire.ts';
import { badRequest } from './refusal.ts';
import { begin, type DeepgramBegun } from './request.ts';

const paramsSchema = z.looseObject({
  model: z.enum(['flux-general-en', 'flux-general-multi']),
  encoding: z.literal('linear16'),
  sample_rate: z.coerce.number().int().min(8_000).max(48_000),
  eot_threshold: z.coerce.number().min(0.5).max(1).optional(),
  eager_eot_threshold: z.coerce.number().min(0.3).max(0.9).optional(),
  eot_timeout_ms: z.coerce.number().int().min(500).max(60_000).optional(),
});

const controlSchema = z.discriminatedUnion('type', [z.object({ type: z.literal('CloseStream') })]);

export const flux: Protocol = {
  sockets: {
    '/v2/listen': ({ url, headers, connection }, stage) => {
      const params = paramsSchema.safeParse(Object.fromEntries(url.searchParams));
      if (!params.success) return { refusal: badRequest(params.error, connection) };
      const language = params.data.model === 'flux-general-en' ? 'en' : readLanguage(languageHint(url));
      const request = { kind: 'listen' as const, url, authorization: headers.authorization, connection, language };
      const begun = begin(stage, request, 101);
      if (begun.refusal !== undefined) return { refusal: begun.refusal };
      return { accept: (socket) => new Turns(socket, stage, { connection, params: params.data, begun }).run() };
    },
  },
};

/** Only one hint narrows what is understood here. */
function languageHint(url: URL): string | undefined {
  const hints = url.searchParams.getAll('language_hint');
  return hints.length === 1 ? hints[0] : undefined;
}

interface TurnOptions {
  readonly connection: string;
  readonly params: z.infer<typeof paramsSchema>;
  readonly begun: DeepgramBegun;
}

type TurnEvent = 'StartOfTurn' | 'Update' | 'EagerEndOfTurn' | 'EndOfTurn';

class Turns {
  readonly #line: Line;
  readonly #options: TurnOptions;
  readonly #listener: Listener;
  #sequence = 0;
  #turn = 0;
  #turnOngoing = false;

  constructor(socket: WebSocket, stage: Stage, options: TurnOptions) {
    this.#line = new Line(socket);
    this.#options = options;
    const { language } = options.begun.entry;
    this.#listener = new Listener({
      sampleRate: options.params.sample_rate,
      endpointMs: stage.endpointMs,
      known: stage.known(readLanguage(language)),
    });
  }

  run(): void {
    const { begun, connection } = this.#options;
    this.#line.send({ type: 'Connected', request_id: connection, sequence_id: this.#sequence++ });
    this.#line.speak(begun.cue, '{"type":"TurnInfo","event":');
    this.#line.listen({
      onSound: (pcm, bytes) => {
        begun.entry.bytes += bytes;
        for (const heard of this.#listener.push(pcm)) this.#tell(heard);
      },
      onText: (text) => this.#control(text),
    });
  }

  #control(text: string): void {
    if (!controlSchema.safeParse(parseJson(text)).success) {
      this.#line.send({
        type: 'Error',
        sequence_id: this.#sequence++,
        code: 'BAD_REQUEST',
        description: 'no such message',
      });
      this.#line.end();
      return;
    }
    for (const heard of this.#listener.finish()) this.#tell(heard);
    this.#line.end();
  }

  /** A turn starts with its first word: speech of which nothing is understood is no turn. */
  #tell(heard: Heard): void {
    if (heard.type === 'started') return;
    const { begun } = this.#options;
    const text = heard.type === 'final' ? (begun.cue.reply ?? heard.text ?? '') : heard.text;
    if (heard.type === 'final') begun.note({ recognised: text, confidence: heard.confidence });
    if (text === '' && !this.#turnOngoing) return;
    if (!this.#turnOngoing) this.#turnInfo('StartOfTurn', text, heard);
    else if (heard.type === 'interim') this.#turnInfo('Update', text, heard);
    this.#turnOngoing = true;
    if (heard.type === 'interim') return;
    if (this.#options.params.eager_eot_threshold !== undefined) this.#turnInfo('EagerEndOfTurn', text, heard);
    this.#turnInfo('EndOfTurn', text, heard);
    this.#turnOngoing = false;
    this.#turn += 1;
  }

  #turnInfo(event: TurnEvent, transcript: string, { fromMs, toMs }: { fromMs: number; toMs: number }): void {
    const words = transcript.split(' ').filter(Boolean);
    this.#line.send({
      type: 'TurnInfo',
      request_id: this.#options.connection,
      sequence_id: this.#sequence++,
      event,
      turn_index: this.#turn,
      audio_window_start: fromMs / 1_000,
      audio_window_end: toMs / 1_000,
      transcript,
      words: words.map((word) => ({ word, confidence: 0.9 })),
      end_of_turn_confidence: event === 'EndOfTurn' ? 0.9 : 0.2,
    });
  }
}
