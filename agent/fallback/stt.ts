/**
 * Speech recognisers in a row, as one. A stream is that of whoever listens now; when it ends, hearing.ts opens the next one
 * and gives it the caller's words to hear again.
 */
import { stt, type VAD, type voice } from '@livekit/agents';
import { patienceMs } from './patience.ts';
import type { Round, Succession } from './succession.ts';

type ConversationItem = voice.ConversationItemAddedEvent;

export class FallbackSTT extends stt.STT {
  override readonly label = 'fallback.STT';
  readonly #succession: Succession<stt.STT>;
  readonly #all: readonly stt.STT[];
  readonly #vad: VAD;
  #round: Round<stt.STT>;
  #failure: Error | undefined;

  /** @param vad cuts the sound for recognisers that take whole utterances */
  constructor(succession: Succession<stt.STT>, all: readonly stt.STT[], vad: VAD) {
    super({ streaming: true, interimResults: all.every(({ capabilities }) => capabilities.interimResults) });
    this.#succession = succession;
    this.#all = all;
    this.#vad = vad;
    this.#round = succession.round();
    // Not the session's business: it would close the call.
    for (const each of all)
      each.on('error', ({ error }) => {
        this.#failure = error;
      });
  }

  override get model(): string {
    return this.#succession.current.model;
  }

  override get provider(): string {
    return this.#succession.current.provider;
  }

  get alone(): boolean {
    return this.#succession.alone;
  }

  /** What the one who listens was last heard to fail with. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The one who listens understands. */
  works(): void {
    this.#round = this.#succession.round();
  }

  /** @returns whether somebody is left: stream() is theirs from now on */
  giveWay(cause: Error): boolean {
    this.#failure = undefined;
    return this.#round.failed(this.#succession.current, cause) !== undefined;
  }

  /** A line that drops is opened again at once, by the same one: lines drop more often than providers fail. */
  override stream(): stt.SpeechStream {
    const { service } = this.#succession.current;
    const timeoutMs = patienceMs(this.#succession);
    const connOptions = { maxRetry: 1, retryIntervalMs: 500, timeoutMs };
    const streaming = service.capabilities.streaming ? service : new stt.StreamAdapter(service, this.#vad);
    return streaming.stream({ connOptions });
  }

  protected override _recognize(): Promise<stt.SpeechEvent> {
    return Promise.reject(new Error('a call is heard as it comes: use stream()'));
  }

  override _updateSessionKeyterms(keyterms: string[]): void {
    for (const each of this.#all) if (each.capabilities.keyterms) each._updateSessionKeyterms(keyterms);
  }

  override _pushConversationItem(item: ConversationItem): void {
    for (const each of this.#all) if (each.capabilities.chatContext) each._pushConversationItem(item);
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), ...this.#all.map((each) => each.close())]);
  }
}
