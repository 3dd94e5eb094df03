/** What was said, in order, as far as it was heard: an agent's turn that was interrupted holds only what was played. */
import { voice } from '@livekit/agents';
import type { CallRecord } from '../shared/contracts.ts';
import type { Timings } from './timings.ts';

export class Transcript {
  readonly #turns: CallRecord['turns'][number][] = [];

  listenTo(session: voice.AgentSession, timings: Timings): void {
    session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
      if (item.type !== 'message') return;
      if (item.role === 'user') this.add('caller', item.textContent, timings.sinceOfferMs());
      if (item.role === 'assistant') this.add('agent', item.textContent, timings.sinceOfferMs());
    });
  }

  add(role: 'caller' | 'agent', text: string | undefined, atMs: number): void {
    const said = text?.trim();
    if (said) this.#turns.push({ role, text: said, at_ms: atMs });
  }

  get turns(): CallRecord['turns'] {
    return this.#turns;
  }
}
