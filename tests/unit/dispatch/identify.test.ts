import { WebhookEvent } from 'livekit-server-sdk';
import { describe, expect, test } from 'vitest';
import { identify } from '../../../dispatch/identify.ts';

const attributes = {
  'sip.callIDFull': 'id@pbx',
  'sip.callTag': 'tag',
  'sip.trunkPhoneNumber': '+39 06 1234-5678',
  'sip.phoneNumber': '+39021',
};

function webhook(event: string, participant: object, room = 'call_2001_x') {
  return identify(
    WebhookEvent.fromJson({ event, room: { name: room }, participant: { sid: 'PA_1', ...participant } }),
    'call',
  );
}

describe('a webhook', () => {
  test('about a SIP caller gives called and caller number, Call-ID and From tag (R1.1)', () => {
    expect(webhook('participant_joined', { kind: 'SIP', attributes })).toEqual({
      kind: 'caller_joined',
      room: 'call_2001_x',
      sid: 'PA_1',
      leg: { sipCallId: 'id@pbx', fromTag: 'tag', called: '+390612345678', caller: '+39021' },
    });
  });

  test("cuts a stranger's text to size and takes control characters out of it, but no character in two (R1.5)", () => {
    const hostile = { 'sip.trunkPhoneNumber': `\u0000${'🍕'.repeat(200)}`, 'sip.phoneNumber': 'x'.repeat(1000) };
    const event = webhook('participant_joined', { kind: 'SIP', attributes: { ...attributes, ...hostile } });
    if (event.kind !== 'caller_joined') throw new Error(`a caller was taken for ${event.kind}`);
    expect(event.leg.called).toBe(`\uFFFD${'🍕'.repeat(63)}`);
    expect(event.leg.caller).toHaveLength(256);
  });

  test.each([
    ['a room of another prefix', 'participant_joined', { kind: 'SIP', attributes }, 'conference_2001_x'],
    ['a room whose name only begins like ours', 'participant_joined', { kind: 'SIP', attributes }, 'callback'],
    ['a SIP leg without a Call-ID', 'participant_joined', { kind: 'SIP', attributes: {} }, 'call_2001_x'],
    ['a browser', 'participant_joined', { kind: 'STANDARD', attributes }, 'call_2001_x'],
    ["a listener's track", 'track_published', { identity: 'listener' }, 'call_2001_x'],
    ['an event without meaning for a call', 'room_started', {}, 'call_2001_x'],
  ])('about %s is left alone (R1.1)', (_what, event, participant, room) => {
    expect(webhook(event, participant, room).kind).toBe('ignored');
  });

  test.each([
    ['CLIENT_INITIATED', 'caller'],
    ['CONNECTION_TIMEOUT', 'caller'],
    ['ROOM_DELETED', 'room'],
    ['PARTICIPANT_REMOVED', 'room'],
  ])('that the caller left by %s says that the %s ended it (R1.8)', (disconnectReason, by) => {
    expect(webhook('participant_left', { identity: 'sip_+39021', disconnectReason })).toMatchObject({ by });
  });

  test.each([
    ['agent_joined', 'participant_joined', { kind: 'AGENT' }],
    ['track_published', 'track_published', { identity: 'sip_+39021' }],
    ['track_published', 'track_published', { identity: 'agent-AJ_1' }],
    ['participant_left', 'participant_left', { identity: 'agent-AJ_1' }],
    ['participant_left', 'participant_left', { identity: 'sip_+39021' }],
    ['participant_left', 'participant_connection_aborted', { identity: 'sip_+39021' }],
    ['room_finished', 'room_finished', {}],
  ])('is understood as %s when LiveKit says %s (R1.1)', (kind, event, participant) => {
    expect(webhook(event, participant).kind).toBe(kind);
  });
});
