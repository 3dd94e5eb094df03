/**
 * `ws /transcribe-websocket` of Soniox: first a message that says what will come, then sound, then an empty message.
 * (soniox.com/docs/stt/api-reference/websocket-api; the key comes with the connection: guides/websocket-authentication)
 */
import { z } from 'zod';
import { Line } from '../hearing/line.ts';
import { type Heard, Listener } from '../hearing/listener.ts';
import { keyOf, type Protocol, type SocketRequest } from '../protocol.ts';
import type { KnownUtterance } from '../recognise.ts';
import { type Language, readLanguage } from '../speech/language.ts';
import type { Stage, Begun as Taken } from '../stage.ts';
import { parseJson } from '../wire.ts';
import { failure, type Token, tokensOf } from './messages.ts';

const beginningSchema = z.looseObject({
  model: z.enum(['stt-rt-v5', 'stt-rt-v4']),
  audio_format: z.literal('pcm_s16le'),
  sample_rate: z.int().min(8_000).max(48_000),
  num_channels: z.literal(1),
  language_hints: z.array(z.string()).default([]),
  language_hints_strict: z.boolean().default(false),
  enable_language_identification: z.boolean().default(false),
  enable_endpoint_detection: z.boolean().default(false),
  max_endpoint_delay_ms: z.int().min(500).max(3_000).optional(),
  context: z.looseObject({}).optional(),
});
type Beginning = z.infer<typeof beginningSchema>;

const controlSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('keepalive') }),
  z.object({ type: z.literal('finalize') }),
]);

export const transcribe: Protocol = {
  sockets: {
    '/soniox/transcribe-websocket': (request, stage) => ({
      accept: (socket) => {
        const line = new Line(socket);
        let transcription: Transcription | undefined;
        let refused = false;
        line.listen({
          onSound: (pcm, bytes) => transcription?.hear(pcm, bytes),
          onText: (text) => {
            if (refused) return;
            if (transcription !== undefined) return transcription.control(text);
            transcription = begin({ line, stage, request }, text);
            refused = transcription === undefined;
          },
        });
      },
    }),
  },
};

interface Entered {
  readonly line: Line;
  readonly stage: Stage;
  readonly request: SocketRequest;
}

/** The first message says which rule of the script serves, so only now the line starts to send. Undefined: it was refused. */
function begin({ line, stage, request }: Entered, text: string): Transcription | undefined {
  const beginning = beginningSchema.safeParse(parseJson(text));
  const params = Object.entries(beginning.data ?? {}).map(([name, value]) => [name, JSON.stringify(value)]);
  const key = keyOf(request.headers.authorization, 'Bearer');
  const begun = stage.begin(
    { provider: 'soniox', kind: 'listen', key, language: languageOf(beginning.data) },
    { connection: request.connection, path: request.url.pathname, params: Object.fromEntries(params) },
    101,
  );
  line.speak(begun.cue, '{"tokens":[{"text":');
  if (begun.refused === undefined && beginning.success) {
    return new Transcription({ line, stage, begun, beginning: beginning.data });
  }
  const because = beginning.success ? undefined : z.prettifyError(beginning.error);
  line.send(
    failure(begun.refused?.status ?? 400, request.connection, begun.refused === undefined ? because : undefined),
  );
  line.end();
  return undefined;
}

/** Only one hint says which language it is. */
function languageOf(beginning: Beginning | undefined): Language | undefined {
  return beginning?.language_hints.length === 1 ? readLanguage(beginning.language_hints[0]) : undefined;
}

interface Begun {
  readonly line: Line;
  readonly stage: Stage;
  readonly begun: Taken;
  readonly beginning: Beginning;
}

class Transcription {
  readonly #parts: Begun;
  readonly #known: readonly KnownUtterance[];
  readonly #listener: Listener;

  constructor(parts: Begun) {
    this.#parts = parts;
    const { stage, beginning } = parts;
    this.#known = beginning.language_hints_strict
      ? beginning.language_hints.map(readLanguage).flatMap((hint) => (hint === undefined ? [] : stage.known(hint)))
      : stage.known(undefined);
    const { sample_rate: sampleRate } = beginning;
    this.#listener = new Listener({ sampleRate, endpointMs: stage.endpointMs, known: this.#known });
  }

  /** An empty message is the end. */
  hear(pcm: Int16Array, bytes: number): void {
    this.#parts.begun.entry.bytes += bytes;
    for (const heard of bytes === 0 ? this.#listener.finish() : this.#listener.push(pcm)) this.#tell(heard);
    if (bytes === 0) this.#finish();
  }

  control(text: string): void {
    const { line, begun } = this.#parts;
    const message = text === '' ? undefined : controlSchema.safeParse(parseJson(text));
    if (message?.data?.type === 'keepalive') {
      begun.entry.keepAlives = (begun.entry.keepAlives ?? 0) + 1;
      return;
    }
    for (const heard of this.#listener.finish()) this.#tell(heard);
    if (message === undefined) this.#finish();
    else if (message.success) this.#reply([{ text: '<fin>', is_final: true }]);
    else {
      line.send(failure(400, begun.entry.connection, 'no such message'));
      line.end();
    }
  }

  #finish(): void {
    this.#reply([], { finished: true });
    this.#parts.line.end();
  }

  #tell(heard: Heard): void {
    if (heard.type === 'started') return;
    const { begun, beginning, stage } = this.#parts;
    const isFinal = heard.type === 'final';
    const text = isFinal ? (begun.cue.reply ?? heard.text ?? '') : heard.text;
    const spoken = { ...heard, confidence: isFinal ? heard.confidence : 0.8, language: this.#identified(text) };
    const tokens = tokensOf(text, isFinal, spoken);
    if (isFinal) {
      const { connection, path, params, provider, kind, key, status } = begun.entry;
      stage.journal.open({ connection, path, params, provider, kind, key, status, recognised: text });
      if (beginning.enable_endpoint_detection) tokens.push({ text: '<end>', is_final: true });
    }
    this.#reply(tokens);
  }

  #identified(text: string): Language | undefined {
    if (!this.#parts.beginning.enable_language_identification) return undefined;
    return this.#known.find((utterance) => utterance.text.startsWith(text))?.language;
  }

  #reply(tokens: readonly Token[], more: object = {}): void {
    const ms = this.#listener.heardMs;
    this.#parts.line.send({ tokens, final_audio_proc_ms: ms, total_audio_proc_ms: ms, ...more });
  }
}
