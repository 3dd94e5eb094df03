/** `ws /realtime?model=…`: speech to speech (platform.openai.com/docs/guides/realtime-conversations). */
import { readLanguage } from '../../speech/language.ts';
import type { Stage } from '../../stage.ts';
import { modelRefusal } from '../refusal.ts';
import { Ear, type HeardTurn } from './ear.ts';
import { Items } from './items.ts';
import type { Line } from './line.ts';
import type { LiveBegun } from './live.ts';
import { Responding } from './responding.ts';
import { type ClientEvent, type ClientItem, ClientMistake, type SessionUpdate } from './wire.ts';

interface Settings {
  instructions: string;
  endsTurns: boolean;
  answersTurns: boolean;
  yields: boolean;
  transcribes: boolean;
  speaks: boolean;
  tools: readonly string[];
}

export class Conversing {
  readonly #line: Line;
  readonly #stage: Stage;
  readonly #begun: LiveBegun;
  readonly #model: string;
  readonly #items = new Items();
  readonly #responding: Responding;
  #ear: Ear;
  #settings: Settings = {
    instructions: '',
    endsTurns: true,
    answersTurns: true,
    yields: true,
    transcribes: false,
    speaks: true,
    tools: [],
  };

  constructor(line: Line, stage: Stage, { begun, model }: { begun: LiveBegun; model: string }) {
    this.#line = line;
    this.#stage = stage;
    this.#begun = begun;
    this.#model = model;
    this.#ear = this.#listenIn(undefined);
    this.#responding = new Responding(line, stage, { begun, items: this.#items });
  }

  run(): void {
    const refused = modelRefusal(this.#model);
    if (refused !== undefined) {
      this.#line.error(refused);
      return void this.#line.close();
    }
    this.#line.send('session.created', {
      session: { type: 'realtime', object: 'realtime.session', model: this.#model },
    });
    this.#line.onEvent((event) => this.#handle(event));
    this.#line.onClose(() => this.#responding.stop('client_cancelled'));
  }

  #handle(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        return void this.#update(event.session);
      case 'input_audio_buffer.append':
        return void this.#append(Buffer.from(event.audio, 'base64'));
      case 'input_audio_buffer.commit':
        return void this.#commit();
      case 'input_audio_buffer.clear':
        this.#ear.clear();
        return void this.#line.send('input_audio_buffer.cleared');
      case 'conversation.item.create':
        return void this.#create(event.item, event.previous_item_id);
      case 'conversation.item.truncate':
        this.#items.truncate(event.item_id, event.audio_end_ms);
        return void this.#line.send('conversation.item.truncated', {
          item_id: event.item_id,
          content_index: 0,
          audio_end_ms: event.audio_end_ms,
        });
      case 'conversation.item.delete':
        this.#items.delete(event.item_id);
        return void this.#line.send('conversation.item.deleted', { item_id: event.item_id });
      case 'response.create':
        return void this.#responding.begin(this.#settings, event.response ?? {});
      case 'response.cancel':
        if (!this.#responding.stop('client_cancelled'))
          throw new ClientMistake('response_cancel_not_active', 'Cancellation failed: no active response found');
    }
  }

  #update(session: SessionUpdate): void {
    if (session.type !== 'realtime') throw new ClientMistake('invalid_value', 'session.type must be realtime');
    const input = session.audio?.input;
    const turns = input?.turn_detection;
    const was = this.#settings;
    this.#settings = {
      instructions: session.instructions ?? was.instructions,
      endsTurns: turns === undefined ? was.endsTurns : turns !== null,
      answersTurns: turns?.create_response ?? was.answersTurns,
      yields: turns?.interrupt_response ?? was.yields,
      transcribes: input?.transcription === undefined ? was.transcribes : input.transcription !== null,
      speaks: session.output_modalities?.includes('audio') ?? was.speaks,
      tools: session.tools?.map(({ name }) => name) ?? was.tools,
    };
    if (input?.transcription) this.#ear = this.#listenIn(input.transcription.language);
    this.#line.send('session.updated', { session: { ...session, model: this.#model } });
  }

  #listenIn(language: string | undefined): Ear {
    const known = this.#stage.known(readLanguage(language));
    return new Ear({ known, endpointMs: this.#stage.endpointMs });
  }

  #append(bytes: Buffer): void {
    this.#begun.entry.bytes += bytes.length;
    for (const event of this.#ear.append(bytes, this.#settings.endsTurns)) {
      if (event.type === 'started') {
        this.#line.send('input_audio_buffer.speech_started', { item_id: event.itemId, audio_start_ms: event.atMs });
        if (this.#settings.yields) this.#responding.stop('turn_detected');
      } else if (event.type === 'stopped')
        this.#line.send('input_audio_buffer.speech_stopped', { item_id: event.itemId, audio_end_ms: event.atMs });
      else this.#take(event.turn);
    }
  }

  #commit(): void {
    const turn = this.#ear.commit();
    if (turn === undefined) {
      const message = 'Error committing input audio buffer: buffer too small. Expected at least 100ms of audio.';
      throw new ClientMistake('input_audio_buffer_commit_empty', message);
    }
    this.#take(turn);
  }

  #take({ itemId, text: heard, confidence, audioMs }: HeardTurn): void {
    const text = this.#begun.cue.reply ?? heard;
    this.#begun.note({ recognised: text, confidence });
    const content = [{ type: 'input_audio', transcript: null }];
    const wire = { id: itemId, object: 'realtime.item', type: 'message', role: 'user', content };
    const item = { id: itemId, type: 'message', role: 'user', text, audioMs, wire } as const;
    const { previous } = this.#items.insert(item, undefined);
    this.#line.send('input_audio_buffer.committed', { item_id: itemId, previous_item_id: previous });
    this.#line.send('conversation.item.added', { previous_item_id: previous, item: wire });
    if (this.#settings.transcribes) this.#tellTranscript(itemId, text);
    if (this.#settings.endsTurns && this.#settings.answersTurns) this.#responding.begin(this.#settings, {});
  }

  #tellTranscript(item_id: string, transcript: string): void {
    const event = 'conversation.item.input_audio_transcription';
    for (const delta of transcript.match(/\s*\S+/g) ?? [])
      this.#line.send(`${event}.delta`, { item_id, content_index: 0, delta });
    this.#line.send(`${event}.completed`, {
      item_id,
      content_index: 0,
      transcript,
      usage: { type: 'duration', seconds: 1 },
    });
  }

  #create(created: ClientItem, after: string | null | undefined): void {
    const { item, previous } = this.#items.create(created, after);
    this.#line.send('conversation.item.added', { previous_item_id: previous, item: item.wire });
    this.#line.send('conversation.item.done', { previous_item_id: previous, item: item.wire });
  }
}
