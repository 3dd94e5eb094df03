/** Answers of a Realtime session, one at a time: asked for, spoken, cancelled, failed, paid for. */
import { randomUUID } from 'node:crypto';
import { CutOff, perform } from '../../perform.ts';
import { answerTo } from '../../persona.ts';
import { guessLanguage } from '../../speech/language.ts';
import { pcmBytes } from '../../speech/speech.ts';
import type { Begun, Stage } from '../../stage.ts';
import { errorBody } from '../refusal.ts';
import { answerEvents } from './answer.ts';
import type { Item, Items } from './items.ts';
import { GARBAGE, type Line } from './line.ts';
import type { LiveBegun } from './live.ts';
import { ClientMistake, type ResponseRequest } from './wire.ts';

const SAMPLE_RATE = 24_000;

export interface RespondSettings {
  readonly instructions: string;
  readonly speaks: boolean;
  readonly tools: readonly string[];
}

/** What a model that was told to say something word for word says. */
function toldToSay(instructions: string): string | undefined {
  return /word for word[^\n]*:\n(.+)$/su.exec(instructions)?.[1];
}

interface Active {
  readonly id: string;
  readonly metadata: ResponseRequest['metadata'];
  readonly stopped: AbortController;
  output: Item[];
  why: 'turn_detected' | 'client_cancelled' | undefined;
}

export class Responding {
  readonly #line: Line;
  readonly #stage: Stage;
  readonly #begun: LiveBegun;
  readonly #items: Items;
  #active: Active | undefined;
  #readBefore = 0;

  constructor(line: Line, stage: Stage, { begun, items }: { begun: LiveBegun; items: Items }) {
    this.#line = line;
    this.#stage = stage;
    this.#begun = begun;
    this.#items = items;
  }

  /** @throws ClientMistake while another answer is under way */
  begin(settings: RespondSettings, request: ResponseRequest): void {
    if (this.#active !== undefined) {
      const message = `Conversation already has an active response in progress: ${this.#active.id}.`;
      throw new ClientMistake('conversation_already_has_active_response', message);
    }
    const id = `resp_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
    const active: Active = {
      id,
      metadata: request.metadata,
      stopped: new AbortController(),
      output: [],
      why: undefined,
    };
    this.#active = active;
    this.#run(active, settings, request).catch((thrown: unknown) => {
      this.#line.cut();
      if (!(thrown instanceof CutOff)) throw thrown;
    });
  }

  /** False when no answer is under way. */
  stop(why: 'turn_detected' | 'client_cancelled'): boolean {
    if (this.#active === undefined) return false;
    this.#active.why = why;
    this.#active.stopped.abort();
    return true;
  }

  async #run(active: Active, settings: RespondSettings, request: ResponseRequest): Promise<void> {
    const instructions = request.instructions ?? settings.instructions;
    const system = [instructions, ...this.#items.systemTexts()].join('\n');
    const { user, toolResult } = this.#items.heard();
    const begun = this.#begun.answer({ system, user, toolResult });
    const { cue, entry } = begun;
    entry.said = this.#items.said();
    if (cue.fault?.type !== 'silence') this.#line.send('response.created', { response: this.#resource(active) });
    if (begun.refused !== undefined) return this.#fail(active, begun);
    const text = cue.reply ?? (cue.toolCall ? '' : (toldToSay(instructions) ?? answerTo({ system, user, toolResult })));
    const pcm = settings.speaks && text !== '' ? await this.#say(text) : undefined;
    entry.reply = text;
    entry.bytes = pcm?.length ?? text.length;
    const chunks = answerEvents({
      id: active.id,
      text,
      toolCall: cue.toolCall,
      audio: pcm,
      onItem: ({ audioMs, ...item }) => {
        const role = item.type === 'message' ? ({ role: 'assistant' } as const) : {};
        const kept: Item = { ...item, ...role, ...(audioMs === undefined ? {} : { audioMs }) };
        active.output.push(kept);
        return this.#items.insert(kept, undefined);
      },
    });
    for await (const event of perform({ chunks, cue, garbage: GARBAGE, signal: active.stopped.signal }))
      this.#line.raw(event);
    this.#finish(active, active.why === undefined ? 'completed' : 'cancelled');
  }

  async #say(text: string): Promise<Buffer> {
    return pcmBytes(await this.#stage.speech.say(text, guessLanguage(text), SAMPLE_RATE));
  }

  /** What the door refuses with a status, an answer reports by the same code; a bad key also ends the connection. */
  #fail(active: Active, { refused, entry }: Begun): void {
    if (refused === undefined) return;
    const { type, code, message } = errorBody(refused, entry.key);
    const error = { type: code ?? type, code, message };
    this.#active = undefined;
    if (refused.status === 401) {
      this.#line.error({ type, code, message });
      return void this.#line.close();
    }
    const details = { type: 'failed', error };
    this.#line.send('response.done', { response: this.#resource(active, 'failed', details) });
  }

  #finish(active: Active, status: 'completed' | 'cancelled'): void {
    this.#active = undefined;
    const details = status === 'cancelled' ? { type: 'cancelled', reason: active.why } : null;
    const response = this.#resource(active, status, details);
    this.#line.send('response.done', { response: { ...response, usage: this.#usage(active.output) } });
    this.#line.send('rate_limits.updated', { rate_limits: [] });
  }

  #resource({ id, metadata, output }: Active, status = 'in_progress', status_details: unknown = null) {
    const items = output.map(({ wire }) => wire);
    return { object: 'realtime.response', id, status, status_details, metadata: metadata ?? null, output: items };
  }

  /** Everything before this answer is read again; what was read for the last one comes from the cache. */
  #usage(output: readonly Item[]) {
    const spoken = output.reduce((sum, { audioMs }) => sum + Math.ceil((audioMs ?? 0) / 50), 0);
    const written = output.reduce((sum, { text }) => sum + text.split(/\s+/).filter(Boolean).length, 0);
    const all = this.#items.tokens();
    const read = { text: Math.max(0, all.text), audio: Math.max(0, all.audio - spoken) };
    const input = read.text + read.audio;
    const cached = Math.min(input, this.#readBefore);
    this.#readBefore = input;
    return {
      total_tokens: input + spoken + written,
      input_tokens: input,
      output_tokens: spoken + written,
      input_token_details: { text_tokens: read.text, audio_tokens: read.audio, cached_tokens: cached },
      output_token_details: { text_tokens: written, audio_tokens: spoken },
    };
  }
}
