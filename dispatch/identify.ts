/**
 * The border to LiveKit's webhooks: what happened in a room, reduced to what a call depends on.
 *
 * A room is ours when its name carries the prefix of our dispatch rule; a caller is ours when it also has the attributes
 * that LiveKit SIP gives an inbound leg. Everything else is left alone: rooms made by hand, an older deployment's calls.
 */
import { DisconnectReason, ParticipantInfo_Kind } from '@livekit/protocol';
import type { WebhookEvent } from 'livekit-server-sdk';
import { type SipLeg, sipAttributesSchema } from '../shared/contracts.ts';
import { type RoomName, roomNameSchema } from '../shared/ids.ts';
import { parseDialled } from '../shared/phone.ts';
import { printable } from './printable.ts';

/** Participants are told apart by their session id: an identity can come back, a session id cannot. */
export type RoomEvent =
  | { readonly kind: 'caller_joined'; readonly room: RoomName; readonly sid: string; readonly leg: SipLeg }
  | { readonly kind: 'agent_joined'; readonly room: RoomName; readonly sid: string }
  | {
      readonly kind: 'track_published';
      readonly room: RoomName;
      readonly sid: string;
      readonly who: 'caller' | 'agent';
    }
  | { readonly kind: 'participant_left'; readonly room: RoomName; readonly sid: string; readonly by: LeftBy }
  | { readonly kind: 'room_finished'; readonly room: RoomName };

/** Who ended it: the caller hung up or was lost, or somebody closed the room, an agent that refuses the call for one. */
export type LeftBy = 'caller' | 'room';

export type Identified = RoomEvent | { readonly kind: 'ignored'; readonly why: string };

/** LiveKit SIP names the participant of a call `sip_<caller>`, the agents' worker protocol the one of a job `agent-<job>`. */
const identityPrefixes = { caller: 'sip_', agent: 'agent-' } as const;

export function identify(event: WebhookEvent, roomPrefix: string): Identified {
  const room = roomNameSchema.safeParse(event.room?.name);
  if (!room.success || !room.data.startsWith(`${roomPrefix}_`)) return ignored('not a room of our dispatch rule');
  switch (event.event) {
    case 'participant_joined':
      return joined(event, room.data);
    case 'track_published':
      return ofKnown(event, (sid, who) => ({ kind: 'track_published', room: room.data, sid, who }));
    case 'participant_left':
    case 'participant_connection_aborted':
      return ofKnown(event, (sid) => ({ kind: 'participant_left', room: room.data, sid, by: leftBy(event) }));
    case 'room_finished':
      return { kind: 'room_finished', room: room.data };
    default:
      return ignored('nothing in a call depends on it');
  }
}

function joined({ participant }: WebhookEvent, room: RoomName): Identified {
  if (participant === undefined) return ignored('no participant in the event');
  if (participant.kind === ParticipantInfo_Kind.AGENT) return { kind: 'agent_joined', room, sid: participant.sid };
  if (participant.kind !== ParticipantInfo_Kind.SIP) return ignored('neither caller nor agent');
  const leg = parseLeg(participant.attributes);
  if (leg === undefined) return ignored('a SIP leg without the attributes of an inbound call');
  return { kind: 'caller_joined', room, sid: participant.sid, leg };
}

/** Undefined: not the attributes that LiveKit SIP gives an inbound leg. */
export function parseLeg(attributes: Readonly<Record<string, string>>): SipLeg | undefined {
  const leg = sipAttributesSchema.safeParse(attributes);
  return leg.success ? bounded(leg.data) : undefined;
}

/** What was dialled as a number where it is one, else as text cut to size: a refusal is on record with it. */
function bounded(leg: SipLeg): SipLeg {
  const dialled = parseDialled(leg.called);
  return {
    sipCallId: printable(leg.sipCallId, 512),
    fromTag: printable(leg.fromTag, 128),
    called: dialled.kind === 'malformed' ? printable(leg.called, 64) : dialled.number,
    caller: printable(leg.caller, 256),
  };
}

/** These events do not always say the participant's kind: the identity is all that tells a caller from an agent. */
function ofKnown(
  { participant }: WebhookEvent,
  toEvent: (sid: string, who: 'caller' | 'agent') => RoomEvent,
): Identified {
  if (participant?.identity.startsWith(identityPrefixes.caller)) return toEvent(participant.sid, 'caller');
  if (participant?.identity.startsWith(identityPrefixes.agent)) return toEvent(participant.sid, 'agent');
  return ignored('about neither caller nor agent');
}

function leftBy({ participant }: WebhookEvent): LeftBy {
  const reason = participant?.disconnectReason;
  const putOut = reason === DisconnectReason.ROOM_DELETED || reason === DisconnectReason.PARTICIPANT_REMOVED;
  return putOut ? 'room' : 'caller';
}

function ignored(why: string): Identified {
  return { kind: 'ignored', why };
}
