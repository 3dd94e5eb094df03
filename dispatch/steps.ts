/**
 * The moments of a call at which a dispatch that dies leaves something behind for another one to finish. Each is passed by
 * `at(step)`; production does nothing there, tests and `npm run faults` kill the process.
 *
 * A call that comes in passes those of the first group, in about this order; a call that lost its agent those of the second
 * and then again the first from `call_placed` on; a room that the reconciler acts on the third.
 */
export const steps = [
  'call_arrived',
  'call_admitted',
  'call_placed',
  'agent_joined',
  'agent_removed',
  'placement_claimed',
  'call_answered',
  'call_taken_back',
  'call_refused',
  'refusal_due',
  'refusal_closed',

  'lost_call_claimed',
  'lost_call_seen',
  'lost_call_settled',

  'room_judged',
  'room_ended',
] as const;

export type Step = (typeof steps)[number];

/** May not come back. */
export type FaultPoint = (step: Step) => void | Promise<void>;

export const noFaults: FaultPoint = () => undefined;
