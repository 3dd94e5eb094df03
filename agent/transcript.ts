/** What was said, in order, as far as it was heard: an agent's turn that was interrupted holds only what was played. */
import { voice } from '@livekit/agents';
import type { CallRecord } from '../shared/contracts.ts';
import type { Timings } from './timings.ts';

type Turn = CallRecord['turns'][number];

export class Transcript {
  readonly #turns: Turn[] = [];
  #inherited = 0;
  /** A turn was added. */
  onTurn: () => void = () => undefined;

  listenTo(session: voice.AgentSession, timings: Timings): void {
    session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
      if (item.type !== 'message') return;
      if (item.role === 'user') this.add('caller', item.textContent, timings.sinceBeginMs());
      if (item.role === 'assistant') this.add('agent', item.textContent, timings.sinceBeginMs());
    });
  }

  /** What was said before this shard had the call. */
  inherit(turns: readonly Turn[]): void {
    this.#turns.unshift(...turns);
    this.#inherited = turns.length;
  }

  add(role: 'caller' | 'agent', text: string | undefined, atMs: number): void {
    const said = text?.trim();
    if (!said) return;
    this.#turns.push({ role, text: said, at_ms: atMs });
    this.onTurn();
  }

  get turns(): CallRecord['turns'] {
    return this.#turns;
  }

  /** How many of the turns, the first ones, another shard heard. */
  get inherited(): number {
    return this.#inherited;
  }
}
