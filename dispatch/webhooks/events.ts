/** What a webhook can be told of: the closed list, the same as in the constraint `events_are_known`. */
export const eventNames = [
  'call.started',
  'call.answered',
  'call.ended',
  'call.refused',
  'ticket.opened',
  'breaker.opened',
  'breaker.closed',
  'config.changed',
  'webhook.test',
] as const;
export type EventName = (typeof eventNames)[number];
