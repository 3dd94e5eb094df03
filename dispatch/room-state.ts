/**
 * What is known of one room, as a value. Webhooks come late, twice and out of order, so every event is accepted in every
 * state, and what came too early is kept until it means something.
 *
 *   empty ──caller joins──▶ ringing ──agent joins──▶ held
 *     └───────────┬────────────┴───────────────────────┘
 *      caller leaves, room finished ──▶ over (nothing leads out of it: room names are random and never used again)
 */
import type { SipLeg } from '../shared/contracts.ts';
import type { LeftBy, RoomEvent } from './identify.ts';

export interface Caller {
  readonly sid: string;
  readonly leg: SipLeg;
}

export type RoomState =
  | {
      readonly at: 'empty';
      /** Seen before their participant_joined: who published, who left again, and whether an agent is in. */
      readonly published: readonly string[];
      readonly left: readonly string[];
      readonly agentIn: boolean;
    }
  /** `audible`: the caller's own track is published, from then on a deleted room is heard as busy at once. */
  | { readonly at: 'ringing'; readonly caller: Caller; readonly audible: boolean }
  | { readonly at: 'held'; readonly caller: Caller }
  | { readonly at: 'over'; readonly by: LeftBy };

export const emptyRoom: RoomState = { at: 'empty', published: [], left: [], agentIn: false };
/** A room sees a handful of participants before its caller; more than that is not a phone call. */
const maxEarly = 16;

export function nextState(state: RoomState, event: RoomEvent): RoomState {
  if (state.at === 'over') return state;
  if (event.kind === 'room_finished') return { at: 'over', by: 'room' };
  switch (state.at) {
    case 'empty':
      return beforeTheCaller(state, event);
    case 'ringing':
      return whileRinging(state, event);
    case 'held':
      return event.kind === 'participant_left' ? whenLeft(state, event) : state;
  }
}

type Happening = Exclude<RoomEvent, { kind: 'room_finished' }>;

function beforeTheCaller(state: RoomState & { at: 'empty' }, event: Happening): RoomState {
  switch (event.kind) {
    case 'caller_joined': {
      const { sid, leg } = event;
      if (state.left.includes(sid)) return { at: 'over', by: 'caller' };
      if (state.agentIn) return { at: 'held', caller: { sid, leg } };
      return { at: 'ringing', caller: { sid, leg }, audible: state.published.includes(sid) };
    }
    case 'agent_joined':
      return { ...state, agentIn: true };
    case 'track_published':
      return { ...state, published: [...state.published, event.sid].slice(-maxEarly) };
    case 'participant_left':
      return { ...state, left: [...state.left, event.sid].slice(-maxEarly) };
  }
}

function whileRinging(state: RoomState & { at: 'ringing' }, event: Happening): RoomState {
  switch (event.kind) {
    case 'caller_joined':
      // The same caller told twice, or a second leg that an agent dialled into the room.
      return state;
    case 'agent_joined':
      return { at: 'held', caller: state.caller };
    case 'track_published':
      return event.sid === state.caller.sid ? { ...state, audible: true } : state;
    case 'participant_left':
      return whenLeft(state, event);
  }
}

function whenLeft(state: RoomState & { caller: Caller }, event: Happening & { kind: 'participant_left' }): RoomState {
  return event.sid === state.caller.sid ? { at: 'over', by: event.by } : state;
}
