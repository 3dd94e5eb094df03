/** What was said, in order, as far as it was heard: an agent's turn that was interrupted holds only what was played. */
import { type llm, voice } from '@livekit/agents';
import type { CallRecord, TurnLatency } from '../shared/call-record.ts';
import { latencyOf } from './latency.ts';
import type { Timings } from './timings.ts';

type Turn = CallRecord['turns'][number];

export class Transcript {
  readonly #turns: Turn[] = [];
  #inherited = 0;
  #session: voice.AgentSession | undefined;
  /** Of what the caller said last, as long as nobody answered it. */
  #question: llm.ChatMessage['metrics'] | undefined;
  /** A turn was added. */
  onTurn: () => void = () => undefined;

  listenTo(session: voice.AgentSession, timings: Timings): void {
    this.#session = session;
    session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
      if (item.type !== 'message') return;
      const atMs = timings.sinceBeginMs();
      if (item.role === 'user') {
        this.#question = item.metrics;
        this.add('caller', item.textContent, atMs);
      } else if (item.role === 'assistant') {
        this.add('agent', item.textContent, atMs, latencyOf(this.#question, item.metrics));
        this.#question = undefined;
      }
    });
  }

  /** @param turns what was said before this shard had the call; what it noted itself meanwhile may be among it */
  inherit(turns: readonly Turn[]): void {
    const earlier = turns.filter(
      (turn) => !this.#turns.some((own) => own.text === turn.text && own.at_ms === turn.at_ms),
    );
    this.#turns.unshift(...earlier);
    this.#inherited = earlier.length;
  }

  add(role: 'caller' | 'agent', text: string | undefined, atMs: number, latency?: TurnLatency): void {
    const said = text?.trim();
    if (!said) return;
    this.#turns.push({ role, text: said, at_ms: atMs, ...(latency && { latency }) });
    this.onTurn();
  }

  /** An agent's turn is added when it is over: closing the session ends the one that is being said. */
  async complete(): Promise<void> {
    await this.#session?.close();
  }

  get turns(): CallRecord['turns'] {
    return this.#turns;
  }

  /** How many of the turns, the first ones, another shard heard. */
  get inherited(): number {
    return this.#inherited;
  }
}
