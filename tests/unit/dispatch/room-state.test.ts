import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomEvent } from '../../../dispatch/identify.ts';
import { learn, nothingKnown, type RoomFacts, type RoomState, stateOf } from '../../../dispatch/room-state.ts';
import { roomNameSchema } from '../../../shared/ids.ts';

const room = roomNameSchema.parse('call_2001_x');
const leg = { sipCallId: 'id', fromTag: 'tag', called: '2001', caller: '+39' };
const joined: RoomEvent = { kind: 'caller_joined', room, sid: 'PA_1', leg };
const agent: RoomEvent = { kind: 'agent_joined', room, sid: 'PA_2' };
const agentTrack: RoomEvent = { kind: 'track_published', room, sid: 'PA_2', who: 'agent' };
const agentLeft: RoomEvent = { kind: 'participant_left', room, sid: 'PA_2', by: 'room' };
const nextAgent: RoomEvent = { kind: 'agent_joined', room, sid: 'PA_3' };
const track: RoomEvent = { kind: 'track_published', room, sid: 'PA_1', who: 'caller' };
const left: RoomEvent = { kind: 'participant_left', room, sid: 'PA_1', by: 'caller' };
const finished: RoomEvent = { kind: 'room_finished', room };
const otherTrack: RoomEvent = { kind: 'track_published', room, sid: 'PA_9', who: 'caller' };
const otherLeft: RoomEvent = { kind: 'participant_left', room, sid: 'PA_9', by: 'caller' };

const factsAfter = (...events: RoomEvent[]): RoomFacts => events.reduce(learn, nothingKnown);
const seen = (...events: RoomEvent[]): RoomState => stateOf(factsAfter(...events));

describe('what is known of a room', () => {
  test('a caller rings, is audible, and is answered by the sound of an agent (R1.1)', () => {
    expect(seen(joined)).toMatchObject({ at: 'occupied', audible: false, agents: [] });
    expect(seen(joined, track)).toMatchObject({ at: 'occupied', caller: { sid: 'PA_1', leg }, audible: true });
    expect(seen(joined, agent)).toMatchObject({ agents: [{ sid: 'PA_2', audible: false }] });
    expect(seen(joined, agent, agentTrack)).toMatchObject({ agents: [{ sid: 'PA_2', audible: true }] });
    expect(seen(joined, agent, left)).toEqual({ at: 'over', by: 'caller' });
  });

  test('an agent that was put out does not stand for the next one (R3.5)', () => {
    expect(seen(joined, agent, agentTrack, agentLeft)).toMatchObject({ agents: [] });
    expect(seen(joined, agent, agentLeft, nextAgent)).toMatchObject({ agents: [{ sid: 'PA_3', audible: false }] });
  });

  test('an agent whose joining is never told is known by its sound (R3.5)', () => {
    expect(seen(joined, agentTrack)).toMatchObject({ agents: [{ sid: 'PA_2', audible: true }] });
  });

  test('a second SIP leg in the room does not take the place of the caller (R1.1)', () => {
    const second: RoomEvent = { kind: 'caller_joined', room, sid: 'PA_9', leg: { ...leg, sipCallId: 'other' } };
    expect(seen(joined, second, otherTrack, otherLeft)).toEqual(seen(joined));
  });

  test('a caller who comes back after a restart of LiveKit is there again, in whatever order that is told (R3.5)', () => {
    const again: RoomEvent = { kind: 'caller_joined', room, sid: 'PA_7', leg };
    const all = [joined, left, again];
    const orders = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(
        orders,
        (events) => void expect(seen(...events)).toMatchObject({ at: 'occupied', caller: { sid: 'PA_7' } }),
      ),
    );
  });

  test('what is known does not depend on the order in which it is told, nor on how often (R3.2)', () => {
    const all = [joined, track, agent, agentTrack, otherTrack, otherLeft];
    const told = fc
      .shuffledSubarray(all, { minLength: all.length })
      .chain((once) => fc.array(fc.constantFrom(...all), { maxLength: 12 }).map((again) => [...once, ...again]));
    fc.assert(fc.property(told, (events) => void expect(seen(...events)).toEqual(seen(...all))));
  });

  test('an agent that came and went has gone, in whatever order that is told (R3.2)', () => {
    const all = [joined, agent, agentTrack, agentLeft, nextAgent];
    const orders = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(fc.property(orders, (events) => void expect(seen(...events)).toEqual(seen(...all))));
  });

  test('nothing is learned from what is told again (R3.2)', () => {
    const any = fc.constantFrom(joined, track, agent, agentTrack, agentLeft, nextAgent, otherTrack, otherLeft, left);
    fc.assert(
      fc.property(fc.array(any, { maxLength: 12 }), any, (before, event) => {
        const once = factsAfter(...before, event);
        expect(stateOf(learn(once, event))).toEqual(stateOf(once));
      }),
    );
  });

  test('a caller who has left is never rung for, however late and often the other events come (R3.2)', () => {
    const noise = fc.array(fc.constantFrom(joined, track, agent, agentTrack, otherTrack, otherLeft, left), {
      maxLength: 12,
    });
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
      (_, n) => ({ kind: 'participant_left', room, sid: `PA_${n}`, by: 'caller' }) as const,
    );
    const agents = many.map(({ sid }): RoomEvent => ({ kind: 'agent_joined', room, sid }));
    const facts = factsAfter(...many, ...agents);
    expect(facts.left.size + facts.agents.length).toBeLessThan(100);
  });
});
