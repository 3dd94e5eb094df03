/**
 * What is known of one room, as a value. Webhooks come late, twice and out of order, so what is kept are facts that only add
 * up, whatever the order, and the state is read from them.
 *
 *   empty ──caller joins──▶ occupied (agents come, publish, and go) ──caller leaves, room finished──▶ over
 *
 * Out of `over` leads nothing but the same caller coming back, as LiveKit SIP does after a restart of the server: room names
 * are random and never used again.
 */
import type { SipLeg } from '../shared/contracts.ts';
import type { LeftBy, RoomEvent } from './identify.ts';

export interface Caller {
  readonly sid: string;
  readonly leg: SipLeg;
}

export interface Agent {
  readonly sid: string;
  /** Its sound is published: that is what answers the call. */
  readonly audible: boolean;
}

export type RoomState =
  | { readonly at: 'empty' }
  | {
      readonly at: 'occupied';
      readonly caller: Caller;
      /** The caller's own track is published, from then on a deleted room is heard as busy at once. */
      readonly audible: boolean;
      /** Who is in, in the order of their coming. */
      readonly agents: readonly Agent[];
    }
  | { readonly at: 'over'; readonly by: LeftBy };

/** Participants by session id, also some of whom it is not known yet who they are. */
export interface RoomFacts {
  /** The caller; after a restart of LiveKit the same one once more, under another session id. */
  readonly callers: readonly Caller[];
  readonly agents: readonly string[];
  readonly published: readonly string[];
  readonly left: ReadonlyMap<string, LeftBy>;
  readonly finished: boolean;
}

export const nothingKnown: RoomFacts = {
  callers: [],
  agents: [],
  published: [],
  left: new Map(),
  finished: false,
};
/** A room sees a caller, perhaps a second leg, and an agent for each placement; more than that is not a phone call. */
const maxKept = 32;

export function learn(facts: RoomFacts, event: RoomEvent): RoomFacts {
  if (facts.finished) return facts;
  switch (event.kind) {
    case 'caller_joined':
      return { ...facts, callers: withCaller(facts.callers, { sid: event.sid, leg: event.leg }) };
    case 'agent_joined':
      return { ...facts, agents: withSid(facts.agents, event.sid) };
    case 'track_published':
      return {
        ...facts,
        published: withSid(facts.published, event.sid),
        // Whoever publishes is in, also when their joining is told later.
        agents: event.who === 'agent' ? withSid(facts.agents, event.sid) : facts.agents,
      };
    case 'participant_left':
      return facts.left.has(event.sid) ? facts : { ...facts, left: withLeft(facts.left, event) };
    case 'room_finished':
      return { ...facts, finished: true };
  }
}

export function stateOf({ callers, agents, published, left, finished }: RoomFacts): RoomState {
  const caller = callers.find(({ sid }) => !left.has(sid));
  const last = callers.at(-1);
  if (last !== undefined && caller === undefined) return { at: 'over', by: left.get(last.sid) ?? 'room' };
  if (finished) return { at: 'over', by: 'room' };
  if (caller === undefined) return { at: 'empty' };
  return {
    at: 'occupied',
    caller,
    audible: published.includes(caller.sid),
    agents: agents.filter((sid) => !left.has(sid)).map((sid) => ({ sid, audible: published.includes(sid) })),
  };
}

/** Another call's leg is one that an agent dialled into the room. */
function withCaller(callers: readonly Caller[], caller: Caller): readonly Caller[] {
  const [first] = callers;
  if (callers.some(({ sid }) => sid === caller.sid)) return callers;
  if (first !== undefined && first.leg.sipCallId !== caller.leg.sipCallId) return callers;
  return [...callers, caller].slice(-maxKept);
}

function withSid(sids: readonly string[], sid: string): readonly string[] {
  return sids.includes(sid) ? sids : [...sids, sid].slice(-maxKept);
}

function withLeft(left: ReadonlyMap<string, LeftBy>, { sid, by }: RoomEvent & { kind: 'participant_left' }) {
  return new Map([...left, [sid, by] as const].slice(-maxKept));
}
