/** `ws /realtime?intent=transcription`: live transcription (platform.openai.com/docs/guides/realtime-transcription). */
import { readLanguage } from '../../speech/language.ts';
import type { Stage } from '../../stage.ts';
import { modelRefusal } from '../refusal.ts';
import { Ear, type EarEvent, type HeardTurn } from './ear.ts';
import type { Line } from './line.ts';
import type { LiveBegun } from './live.ts';
import { type ClientEvent, ClientMistake, type SessionUpdate } from './wire.ts';

const SPEECH_EVENTS = { started: 'input_audio_buffer.speech_started', stopped: 'input_audio_buffer.speech_stopped' };

export class Transcribing {
  readonly #line: Line;
  readonly #stage: Stage;
  readonly #begun: LiveBegun;
  #ear: Ear;
  #endsTurns = true;
  #lastItem: string | null = null;

  constructor(line: Line, stage: Stage, begun: LiveBegun) {
    this.#line = line;
    this.#stage = stage;
    this.#begun = begun;
    this.#ear = this.#listenIn(undefined);
  }

  run(): void {
    this.#line.send('session.created', {
      session: { type: 'transcription', object: 'realtime.transcription_session' },
    });
    this.#line.onEvent((event) => this.#handle(event));
  }

  #handle(event: ClientEvent): void {
    switch (event.type) {
      case 'session.update':
        return void this.#update(event.session);
      case 'input_audio_buffer.append':
        return void this.#append(Buffer.from(event.audio, 'base64'));
      case 'input_audio_buffer.clear':
        this.#ear.clear();
        return void this.#line.send('input_audio_buffer.cleared');
      case 'input_audio_buffer.commit':
        return void this.#commit();
      default:
        throw new ClientMistake('invalid_value', `${event.type} is not for transcription sessions`);
    }
  }

  #update(session: SessionUpdate): void {
    const input = session.audio?.input;
    const refused = modelRefusal(input?.transcription?.model);
    if (refused !== undefined) {
      this.#line.error(refused);
      return void this.#line.close();
    }
    if (session.type !== 'transcription')
      throw new ClientMistake('invalid_value', 'session.type must be transcription');
    if (input?.transcription) this.#ear = this.#listenIn(input.transcription.language);
    if (input?.turn_detection !== undefined) this.#endsTurns = input.turn_detection !== null;
    // The model of words as they come has no idea of turns.
    if (input?.transcription?.model.startsWith('gpt-realtime-whisper')) this.#endsTurns = false;
    this.#line.send('session.updated', { session });
  }

  #listenIn(language: string | undefined): Ear {
    const known = this.#stage.known(readLanguage(language));
    return new Ear({ known, endpointMs: this.#stage.endpointMs });
  }

  #append(bytes: Buffer): void {
    this.#begun.entry.bytes += bytes.length;
    for (const event of this.#ear.append(bytes, this.#endsTurns)) this.#tell(event);
  }

  #tell(event: EarEvent): void {
    if (event.type === 'committed') return void this.#transcribe(event.turn);
    const at = event.type === 'started' ? { audio_start_ms: event.atMs } : { audio_end_ms: event.atMs };
    this.#line.send(SPEECH_EVENTS[event.type], { item_id: event.itemId, ...at });
  }

  #commit(): void {
    const turn = this.#ear.commit();
    if (turn === undefined) throw new ClientMistake('input_audio_buffer_commit_empty', 'buffer too small');
    this.#transcribe(turn);
  }

  #transcribe({ itemId, text: heard, confidence, audioMs }: HeardTurn): void {
    const text = this.#begun.cue.reply ?? heard;
    this.#begun.note({ recognised: text, confidence });
    this.#line.send('input_audio_buffer.committed', { item_id: itemId, previous_item_id: this.#lastItem });
    this.#lastItem = itemId;
    const event = 'conversation.item.input_audio_transcription';
    for (const delta of text.match(/\s*\S+/g) ?? [])
      this.#line.send(`${event}.delta`, { item_id: itemId, content_index: 0, delta });
    const usage = { type: 'duration', seconds: Math.ceil(audioMs / 1_000) };
    this.#line.send(`${event}.completed`, { item_id: itemId, content_index: 0, transcript: text, usage });
  }
}
