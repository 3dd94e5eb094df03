/**
 * Models that hear and speak, in a row, as one: when a line is lost for good, the next model takes the conversation over. It
 * is told who it is, what it may do and what was said, and is asked for the answer that is owed.
 */
import { llm, log } from '@livekit/agents';
import type { AudioFrame } from '@livekit/rtc-node';
import { coerceError } from '../shared/faults.ts';
import type { Candidate, Round, Succession } from './fallback/succession.ts';
import type { CallRealtimeModel } from './providers/realtime-model.ts';

/** What a session tells its listeners; errors are judged first. */
const passedOn = [
  'generation_created',
  'input_speech_started',
  'input_speech_stopped',
  'input_audio_transcription_completed',
  'metrics_collected',
  'session_reconnected',
] as const;

export class RealtimeSuccession extends llm.RealtimeModel implements CallRealtimeModel {
  readonly opened: Promise<void>;
  onAnswerLost: () => void = () => undefined;
  readonly #succession: Succession<CallRealtimeModel>;
  readonly #all: readonly CallRealtimeModel[];
  #settleOpened: () => void = () => undefined;
  #callerNow: 'speaks' | 'is quiet' = 'is quiet';
  #session: SucceedingSession | undefined;
  #lines = 0;

  constructor(succession: Succession<CallRealtimeModel>, all: readonly CallRealtimeModel[]) {
    super(succession.current.service.capabilities);
    this.#succession = succession;
    this.#all = all;
    this.opened = new Promise((resolve) => {
      this.#settleOpened = resolve;
    });
  }

  override label(): string {
    return 'realtime.Succession';
  }

  override get model(): string {
    return this.#succession.current.model;
  }

  override get provider(): string {
    return this.#succession.current.provider;
  }

  get saying(): string {
    return this.#succession.current.service.saying;
  }

  /** Everybody's answers are counted by themselves: see usage.ts. */
  onMetrics: CallRealtimeModel['onMetrics'] = () => undefined;

  caller(now: 'speaks' | 'is quiet'): void {
    this.#callerNow = now;
    this.#succession.current.service.caller(now);
  }

  override session(): llm.RealtimeSession {
    this.#session = new SucceedingSession(this, this.#succession);
    return this.#session;
  }

  override async close(): Promise<void> {
    this.#settleOpened();
    await this.#session?.close();
    await Promise.all(this.#all.map((model) => model.close()));
  }

  /** To be called by the session for whoever serves from now on. */
  begin({ service }: Candidate<CallRealtimeModel>): llm.RealtimeSession {
    const session = service.session();
    service.caller(this.#callerNow);
    service.onAnswerLost = () => this.onAnswerLost();
    // The same one may be tried again: what its first line came to is of no interest then.
    this.#lines += 1;
    const line = this.#lines;
    void service.opened.then(() => line === this.#lines && this.#settleOpened());
    return session;
  }
}

class SucceedingSession extends llm.RealtimeSession {
  readonly #model: RealtimeSuccession;
  readonly #round: Round<CallRealtimeModel>;
  #candidate: Candidate<CallRealtimeModel>;
  #inner: llm.RealtimeSession;
  #instructions: string | undefined;
  #tools: llm.ToolContext | undefined;
  #owesAnswer = false;
  #closed = false;

  constructor(model: RealtimeSuccession, succession: Succession<CallRealtimeModel>) {
    super(model);
    this.#model = model;
    this.#round = succession.round();
    this.#candidate = succession.current;
    this.#inner = this.#listenTo(model.begin(this.#candidate));
    // Without any listener an error would be thrown, and one may come after the call let go.
    this.on('error', () => undefined);
  }

  override get chatCtx(): llm.ChatContext {
    return this.#inner.chatCtx;
  }

  override get tools(): llm.ToolContext {
    return this.#inner.tools;
  }

  override async updateInstructions(instructions: string): Promise<void> {
    this.#instructions = instructions;
    await this.#inner.updateInstructions(instructions);
  }

  override updateChatCtx(chatCtx: llm.ChatContext): Promise<void> {
    return this.#inner.updateChatCtx(chatCtx);
  }

  override async updateTools(tools: llm.ToolContext): Promise<void> {
    this.#tools = tools;
    await this.#inner.updateTools(tools);
  }

  override updateOptions(options: Parameters<llm.RealtimeSession['updateOptions']>[0]): void {
    this.#inner.updateOptions(options);
  }

  override pushAudio(frame: AudioFrame): void {
    this.#inner.pushAudio(frame);
  }

  override generateReply(
    ...asked: Parameters<llm.RealtimeSession['generateReply']>
  ): Promise<llm.GenerationCreatedEvent> {
    this.#owesAnswer = true;
    return this.#inner.generateReply(...asked);
  }

  override commitAudio(): Promise<void> {
    return this.#inner.commitAudio();
  }

  override clearAudio(): Promise<void> {
    return this.#inner.clearAudio();
  }

  override async interrupt(): Promise<void> {
    this.#owesAnswer = false;
    await this.#inner.interrupt();
  }

  override truncate(options: Parameters<llm.RealtimeSession['truncate']>[0]): Promise<void> {
    return this.#inner.truncate(options);
  }

  override async close(): Promise<void> {
    this.#closed = true;
    await super.close();
    await this.#inner.close();
  }

  #listenTo(inner: llm.RealtimeSession): llm.RealtimeSession {
    const current = () => this.#inner === inner;
    for (const event of passedOn)
      inner.on(event, (told: unknown) => {
        if (current()) this.emit(event, told);
      });
    inner.on('metrics_collected', () => {
      if (current()) this.#owesAnswer = false;
    });
    inner.on('error', (failure: llm.RealtimeModelError) => {
      if (current() && !this.#closed) this.#judge(failure);
    });
    return inner;
  }

  #judge(failure: llm.RealtimeModelError): void {
    const next = failure.recoverable ? undefined : this.#round.failed(this.#candidate, failure.error);
    if (next === undefined) return void this.emit('error', failure);
    this.#takeOver(next).catch((thrown: unknown) =>
      this.emit('error', { ...failure, error: coerceError(thrown), recoverable: false }),
    );
  }

  async #takeOver(next: Candidate<CallRealtimeModel>): Promise<void> {
    const lost = this.#inner;
    const said = lost.chatCtx.copy({
      excludeFunctionCall: true,
      excludeInstructions: true,
      excludeEmptyMessage: true,
    });
    this.#candidate = next;
    this.#inner = this.#listenTo(this.#model.begin(next));
    // What it was asked last comes to nothing; the answer is asked for below.
    lost.close().catch((thrown: unknown) => log().warn({ error: coerceError(thrown) }, 'a lost line did not close'));
    await this.#inner._updateSession(this.#instructions, said, this.#tools);
    if (this.#owesAnswer && !this.#closed) this.#model.onAnswerLost();
  }
}
