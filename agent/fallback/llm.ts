/**
 * Language models in a row, as one: when one fails, the next one gives the answer.
 *
 * Text is passed on sentence by sentence, which costs no time, since the voice waits for whole sentences too. So a model that
 * breaks off leaves no half sentence behind: the next one is told which sentences were said and goes on after them.
 */
import { APIConnectionError, type APIConnectOptions, llm } from '@livekit/agents';
import { coerceError, withDeadline } from '../../shared/faults.ts';
import { isProvable, type Provable } from '../providers/provider.ts';
import { reasonOf } from './failure.ts';
import { patienceMs } from './patience.ts';
import { wholeSentences } from './sentences.ts';
import type { Candidate, Succession } from './succession.ts';

type Asked = Parameters<llm.LLM['chat']>[0];

/** The succession decides who is tried again, and when. */
const once: APIConnectOptions = { maxRetry: 0, retryIntervalMs: 0, timeoutMs: 0 };

export class FallbackLLM extends llm.LLM {
  readonly #succession: Succession<llm.LLM>;
  readonly #all: readonly llm.LLM[];
  readonly #closing = new AbortController();
  #warmed = false;

  constructor(succession: Succession<llm.LLM>, all: readonly llm.LLM[]) {
    super();
    this.#succession = succession;
    this.#all = all;
  }

  override label(): string {
    return 'fallback.LLM';
  }

  override get model(): string {
    return this.#succession.current.model;
  }

  override get provider(): string {
    return this.#succession.current.provider;
  }

  override chat(asked: Asked): llm.LLMStream {
    return new FallbackAnswer(this, this.#succession, asked);
  }

  /**
   * Warms the line to the first model, by a request that costs nothing. A key that it refuses is known before anybody has asked
   * something: the tenant's next calls need not find out one by one, each with its caller on the line.
   */
  override prewarm(): void {
    if (this.#warmed) return;
    this.#warmed = true;
    const first = this.#succession.current;
    if (isProvable(first.service)) void this.#prove(first, first.service);
    else first.service.prewarm();
  }

  async #prove(first: Candidate<llm.LLM>, service: Provable): Promise<void> {
    try {
      await service.prove(this.#closing.signal);
    } catch (thrown) {
      const cause = coerceError(thrown);
      if (refusesKey(cause) && this.#succession.current === first) this.#succession.round().failed(first, cause);
    }
  }

  override async aclose(): Promise<void> {
    this.#closing.abort();
    await Promise.all([super.aclose(), ...this.#all.map((each) => each.aclose())]);
  }
}

/** Not one that may do nothing but answer: such keys exist, and a server of one's own need not know the request at all. */
function refusesKey(cause: Error): boolean {
  return reasonOf(cause) === 'bad_key' && !/permission|scope/i.test(cause.message);
}

class FallbackAnswer extends llm.LLMStream {
  readonly #succession: Succession<llm.LLM>;
  readonly #asked: Asked;
  /** Whole sentences that were passed on. */
  #said = '';
  #calledTools = false;

  constructor(chain: FallbackLLM, succession: Succession<llm.LLM>, asked: Asked) {
    super(chain, { chatCtx: asked.chatCtx, ...(asked.toolCtx && { toolCtx: asked.toolCtx }), connOptions: once });
    this.#succession = succession;
    this.#asked = asked;
  }

  protected override async run(): Promise<void> {
    const round = this.#succession.round();
    let candidate: Candidate<llm.LLM> | undefined = this.#succession.current;
    while (candidate !== undefined) {
      const failure = await this.#ask(candidate);
      if (failure === undefined || this.abortController.signal.aborted) return;
      candidate = round.failed(candidate, failure);
      // What was ordered is being done, and its result begins an answer of its own: asking anew would do it twice.
      if (this.#calledTools) return;
    }
    throw new APIConnectionError({ message: 'no language model could answer', options: { retryable: false } });
  }

  /** @returns why this one's answer is not complete */
  async #ask({ service }: Candidate<llm.LLM>): Promise<Error | undefined> {
    const timeoutMs = patienceMs(this.#succession);
    const answer = service.chat({
      ...this.#asked,
      chatCtx: this.#contextSoFar(),
      connOptions: { ...once, timeoutMs },
    });
    let failure: Error | undefined;
    const onError = ({ error }: { readonly error: Error }) => {
      failure ??= error;
    };
    const onAbort = () => answer.close();
    service.on('error', onError);
    this.abortController.signal.addEventListener('abort', onAbort, { once: true });
    try {
      const held = await this.#passOn(answer, timeoutMs);
      if (failure !== undefined) return failure;
      if (held !== '') this.#put({ id: '', delta: { role: 'assistant', content: held } });
      return this.#isEmpty() ? new Error('the model answered nothing') : undefined;
    } catch (thrown) {
      return failure ?? coerceError(thrown);
    } finally {
      service.off('error', onError);
      this.abortController.signal.removeEventListener('abort', onAbort);
      answer.close();
    }
  }

  /** @returns text after the last whole sentence, not passed on yet */
  async #passOn(answer: llm.LLMStream, patience: number): Promise<string> {
    let held = '';
    for (;;) {
      const { done, value: chunk } = await withDeadline('the next word of the model', patience, answer.next());
      if (done) return held;
      if (chunk.delta?.toolCalls?.length) {
        this.#put({ ...chunk, delta: { ...chunk.delta, content: held + (chunk.delta.content ?? '') } });
        held = '';
        continue;
      }
      held += chunk.delta?.content ?? '';
      const whole = wholeSentences(held);
      held = held.slice(whole.length);
      const { delta, ...rest } = chunk;
      if (delta !== undefined) this.#put({ ...rest, delta: { ...delta, content: whole } });
      else this.#put(rest);
    }
  }

  #put(chunk: llm.ChatChunk): void {
    this.#said += chunk.delta?.content ?? '';
    this.#calledTools ||= (chunk.delta?.toolCalls?.length ?? 0) > 0;
    this.queue.put(chunk);
  }

  /** After a tool's result there may be nothing to say; to a caller who spoke there is. */
  #isEmpty(): boolean {
    const last = this.#asked.chatCtx.items.at(-1);
    const callerSpoke = last?.type === 'message' && last.role === 'user';
    return callerSpoke && this.#said.trim() === '' && !this.#calledTools;
  }

  #contextSoFar(): llm.ChatContext {
    if (this.#said === '') return this.#asked.chatCtx;
    const context = this.#asked.chatCtx.copy();
    context.addMessage({ role: 'assistant', content: this.#said });
    context.addMessage({ role: 'system', content: goOn });
    return context;
  }
}

const goOn =
  'Your answer broke off after these sentences, which the caller has heard. Go on right after them: say what is missing, and ' +
  'repeat nothing.';
