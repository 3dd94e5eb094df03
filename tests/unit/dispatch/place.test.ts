import { expect, test } from 'vitest';
import { Call } from '../../../dispatch/calls.ts';
import type { Parts } from '../../../dispatch/parts.ts';
import { patience } from '../../../dispatch/parts.ts';
import { awaitAgent, type WaitingCall } from '../../../dispatch/place.ts';
import { systemClock } from '../../../shared/clock.ts';
import { roomNameSchema } from '../../../shared/ids.ts';
import { createLog } from '../../../shared/log.ts';

const room = roomNameSchema.parse('call_2001_x');
const caller = { sid: 'caller', leg: { sipCallId: 'c', fromTag: 't', called: '2001', caller: '+441632960301' } };
/** A room that is gone by the time that the server is asked. */
const parts = {
  log: createLog({ service: 'dispatch', level: 'error', showPii: false }),
  patience,
  at: async () => undefined,
  livekit: { occupants: async () => ({ legs: [], agents: [], others: 0 }) },
} as unknown as Parts;

function waitingFor(call: Call): WaitingCall {
  call.apply({ kind: 'caller_joined', room, sid: caller.sid, leg: caller.leg });
  return { call, caller, session: {} as WaitingCall['session'], state: 'pending', gone: new Set() };
}

test('a call whose agent came, refused it and closed the room is that agent’s to settle, whatever is told first (R1.5)', async () => {
  const call = new Call(room, systemClock);
  const waiting = waitingFor(call);
  call.apply({ kind: 'agent_joined', room, sid: 'agent' });
  const placement = awaitAgent(waiting, parts);
  call.apply({ kind: 'participant_left', room, sid: 'agent', by: 'room' });
  expect(await placement).toBe('left_to_agent');
});

test('a caller who is gone before anybody came gave up (R1.5)', async () => {
  const call = new Call(room, systemClock);
  const waiting = waitingFor(call);
  const placement = awaitAgent(waiting, parts);
  call.apply({ kind: 'participant_left', room, sid: caller.sid, by: 'caller' });
  expect(await placement).toBe('caller_gone');
});
