import { describe, expect, test } from 'vitest';
import { judge, type RoomFile } from '../../../dispatch/judge.ts';
import type { Occupants } from '../../../dispatch/livekit.ts';
import { verdictOn } from '../../../dispatch/rescue.ts';
import { liveCallSchema, lostCallSchema, type RoomDecision } from '../../../shared/contracts.ts';

const id = '00000000-0000-4000-8000-000000000001';
const leg = { sipCallId: 'id@pbx', fromTag: 'tag', called: '2001', caller: '+39' };
const ringing = { sid: 'PA_1', leg, audible: true, ringing: true };
const answered = { ...ringing, ringing: false };
const silent = { sid: 'PA_2', identity: 'agent-1', audible: false };
const heard = { ...silent, audible: true };
const occupants = (legs: Occupants['legs'], agents: Occupants['agents'] = [], others = 0) => ({ legs, agents, others });
const common = { session_id: id, sip_call_id: 'id@pbx', tenant: 'a', number_id: id, room: 'call_2001_x', worker: null };
const row = (state: 'pending' | 'active', ageMs: number) => liveCallSchema.parse({ ...common, state, age_ms: ageMs });
const decision = (said: Partial<RoomDecision>): RoomDecision => {
  return {
    room: 'call_2001_x',
    outcome: 'admitted',
    reason: null,
    sessionId: null,
    over: false,
    spoken: false,
    ...said,
  };
};
const file = (known: Partial<RoomFile>): RoomFile => {
  return { row: undefined, decision: undefined, offline: false, occupants: occupants([]), ...known };
};

describe('a room is compared with the books', () => {
  const refused = decision({ outcome: 'refused' });
  const over = decision({ over: true });
  test.each([
    ['a caller rings and nobody decided', file({ occupants: occupants([ringing]) }), 'undecided'],
    ['a caller rings who has no Call-ID', file({ occupants: occupants([{ ...ringing, leg: undefined }]) }), 'fine'],
    ['an answered call is nobody’s', file({ occupants: occupants([answered]) }), 'stranger'],
    ['a ringing call is talked with and nobody’s', file({ occupants: occupants([ringing], [heard]) }), 'stranger'],
    ['a call placed without the database talks', file({ offline: true, occupants: occupants([answered]) }), 'fine'],
    ['only an agent is left', file({ occupants: occupants([], [heard]) }), 'leftover'],
    ['an agent and somebody who listens are in', file({ occupants: occupants([], [heard], 1) }), 'fine'],
    [
      'the session is over and the caller is in',
      file({ decision: over, occupants: occupants([answered]) }),
      'leftover',
    ],
    ['the session is over and LiveKit forgot who is in', file({ decision: over }), 'leftover'],
    ['a call was admitted and its room is empty', file({ decision: decision({}) }), 'fine'],
    [
      'nobody is heard to tell a refused caller so',
      file({ decision: { ...refused, spoken: true }, occupants: occupants([ringing], [silent]) }),
      'leftover',
    ],
    ['a refused caller is in', file({ decision: refused, occupants: occupants([ringing]) }), 'leftover'],
    [
      'an agent tells a refused caller so',
      file({ decision: { ...refused, spoken: true }, occupants: occupants([answered], [heard]) }),
      'fine',
    ],
    ['a call was admitted a moment ago', file({ decision: decision({}), occupants: occupants([ringing]) }), 'fine'],
    ['a call rings, as it may', file({ row: row('pending', 9000), occupants: occupants([ringing]) }), 'fine'],
    ['a call rings for too long', file({ row: row('pending', 11_000), occupants: occupants([ringing]) }), 'overdue'],
    [
      'a call talks whose answer is not on the books',
      file({ row: row('pending', 11_000), occupants: occupants([answered], [heard]) }),
      'fine',
    ],
    ['a worker holds the call', file({ row: row('active', 99_000), occupants: occupants([]) }), 'fine'],
  ])('when %s (R3.5)', (_what, known, verdict) => {
    expect(judge(known, false).kind).toBe(verdict);
  });

  test('and the owner of the prefix closes answered calls that are nobody’s (R1.5)', () => {
    const known = file({ occupants: occupants([answered]) });
    expect(judge(known, true)).toMatchObject({ kind: 'leftover', why: 'not_ours' });
  });
});

describe('a call that nobody holds', () => {
  const lost = (changed: Readonly<Record<string, unknown>>) =>
    lostCallSchema.parse({
      ...common,
      organization_id: id,
      pool: 'switchboard',
      called_number: '2001',
      caller_number: '+39',
      state: 'pending',
      placements: 2,
      age_ms: 4500,
      ...changed,
    });
  const active = { state: 'active', age_ms: 60_000, worker: 'gone' };
  test.each([
    ['whose caller left', lost({}), occupants([]), 'caller_gone'],
    ['in whose room another call is', lost({ sip_call_id: 'other' }), occupants([ringing]), 'caller_gone'],
    ['that rings', lost({}), occupants([ringing]), 'place'],
    [
      'that rings while an agent that did not take it yet gets ready',
      lost({}),
      occupants([ringing], [silent]),
      'in_hands',
    ],
    ['that rings with the agent of a dead worker', lost({ worker: 'gone' }), occupants([ringing], [silent]), 'place'],
    ['that rings for too long', lost({ age_ms: 8001 }), occupants([ringing], [silent]), 'too_late'],
    [
      'that talks with an agent that could not take it',
      lost({ age_ms: 20_000 }),
      occupants([ringing], [heard]),
      'in_hands',
    ],
    ['that talked with a dead worker', lost(active), occupants([answered], [heard]), 'place'],
    ['that talks, its worker unknown', lost({ ...active, worker: null }), occupants([answered], [heard]), 'in_hands'],
    ['that was given to six workers', lost({ ...active, placements: 7 }), occupants([answered]), 'too_late'],
    ['whose caller left a dead worker behind', lost(active), occupants([], [heard]), 'caller_gone'],
    ['that talked, in a room that LiveKit has forgotten', lost(active), occupants([]), 'unknown'],
    ['that talked, in a room that stays forgotten', lost({ ...active, placements: 4 }), occupants([]), 'caller_gone'],
    ['of which LiveKit says nothing', lost({}), undefined, 'unknown'],
    ['of which LiveKit says nothing for too long', lost({ age_ms: 8001 }), undefined, 'too_late'],
  ])('%s (R3.5)', (_what, call, seen, verdict) => {
    expect(verdictOn(call, seen).kind).toBe(verdict);
  });
});
