import type { TicketDraft } from '../../shared/contracts.ts';
import type { ToolContext } from './tool.ts';

/** Writes a ticket or message down, within the limit of the call. @returns what the model is told */
export async function written(context: ToolContext, draft: Omit<TicketDraft, 'id'>): Promise<string> {
  const { tickets, config } = context;
  if (tickets.count >= config.limits.tickets)
    return `Nothing more can be written down in this call: ${tickets.count} were. Tell the caller.`;
  switch (await tickets.open(draft)) {
    case 'opened':
      return draft.kind === 'ticket' ? 'The ticket is open.' : 'The message is written down.';
    case 'later':
      return 'It is written down, and reaches the business a little later than usual. Tell the caller it is noted.';
    case 'lost':
      return 'It could not be written down. Tell the caller that they have to call again or write.';
  }
}
