import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomEvent } from '../../../dispatch/identify.ts';
import { emptyRoom, nextState, type RoomState } from '../../../dispatch/room-state.ts';
import { roomNameSchema } from '../../../shared/ids.ts';

const room = roomNameSchema.parse('call_2001_x');
const leg = { sipCallId: 'id', fromTag: 'tag', called: '2001', caller: '+39' };
const joined: RoomEvent = { kind: 'caller_joined', room, sid: 'PA_1', leg };
const agent: RoomEvent = { kind: 'agent_joined', room, sid: 'PA_2' };
const track: RoomEvent = { kind: 'track_published', room, sid: 'PA_1' };
const left: RoomEvent = { kind: 'participant_left', room, sid: 'PA_1', by: 'caller' };
const finished: RoomEvent = { kind: 'room_finished', room };
const otherTrack: RoomEvent = { kind: 'track_published', room, sid: 'PA_9' };
const otherLeft: RoomEvent = { kind: 'participant_left', room, sid: 'PA_9', by: 'caller' };

const seen = (...events: RoomEvent[]): RoomState => events.reduce(nextState, emptyRoom);

describe('what is known of a room', () => {
  test('a caller rings, is audible, and is held by an agent (R1.1)', () => {
    expect(seen(joined)).toMatchObject({ at: 'ringing', audible: false });
    expect(seen(joined, track)).toMatchObject({ at: 'ringing', audible: true });
    expect(seen(joined, track, agent)).toMatchObject({ at: 'held', caller: { sid: 'PA_1', leg } });
    expect(seen(joined, agent, left)).toEqual({ at: 'over', by: 'caller' });
  });

  test('a second SIP leg in the room does not take the place of the caller (R1.1)', () => {
    const second: RoomEvent = { kind: 'caller_joined', room, sid: 'PA_9', leg: { ...leg, sipCallId: 'other' } };
    expect(seen(joined, second, otherTrack, otherLeft)).toEqual(seen(joined));
  });

  test('the order in which a caller joins, publishes and gets an agent makes no difference (R3.2)', () => {
    const orders = fc.shuffledSubarray([joined, track, agent, otherTrack, otherLeft], { minLength: 5 });
    fc.assert(fc.property(orders, (events) => seen(...events).at === 'held'));
  });

  test('a caller who has left is never rung for, however late and often the other events come (R3.2)', () => {
    const noise = fc.array(fc.constantFrom(joined, track, agent, otherTrack, otherLeft, left), { maxLength: 12 });
    fc.assert(
      fc.property(noise, noise, (before, later) => {
        expect(seen(...before, left, ...later, joined).at).toBe('over');
      }),
    );
  });

  test('a caller who is put out has not given up (R1.8)', () => {
    expect(seen(joined, { ...left, by: 'room' }, finished)).toEqual({ at: 'over', by: 'room' });
    expect(seen(joined, left, finished)).toEqual({ at: 'over', by: 'caller' });
  });

  test('nothing leads out of a finished room (R3.2)', () => {
    const noise = fc.array(fc.constantFrom(joined, track, agent, left, finished), { maxLength: 12 });
    fc.assert(fc.property(noise, (later) => seen(finished, ...later).at === 'over'));
  });

  test('a room into which strangers come and go does not grow (R1.1)', () => {
    const many = Array.from(
      { length: 1000 },
      (_, n): RoomEvent => ({ kind: 'participant_left', room, sid: `PA_${n}`, by: 'caller' }),
    );
    const state = seen(...many);
    expect(state.at === 'empty' && state.left.length).toBeLessThan(20);
  });
});
