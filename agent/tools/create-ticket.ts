import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { CallTool, ToolContext } from './tool.ts';
import { undisturbed } from './undisturbed.ts';
import { written } from './written.ts';

const parameters = z.object({
  subject: z.string().trim().min(1).max(120).describe('What it is about, in a few words.'),
  body: z.string().trim().min(1).max(4000).describe('Everything that whoever deals with it needs to know.'),
  priority: z.enum(['low', 'normal', 'high']).default('normal').describe('high only if it cannot wait until tomorrow.'),
  contact: z
    .string()
    .trim()
    .max(200)
    .default('')
    .describe('How to reach the caller, as they said it. Empty: the number they call from.'),
});

/** Something for the business to deal with after the call. */
export const createTicket: CallTool = {
  offered: ({ tools }) => tools.ticket.enabled,
  make: (context) => [createTicketTool(context)],
};

function createTicketTool(context: ToolContext) {
  return llm.tool({
    name: 'create_ticket',
    description:
      'Opens a ticket, so that people of the business deal with something after the call: a complaint, a request, a ' +
      'repair. Ask for what is missing first, and open it once.',
    parameters,
    onDuplicate: 'reject',
    execute: ({ subject, ...rest }, { ctx }) =>
      undisturbed(ctx, () => written(context, { kind: 'ticket', title: subject, ...rest })),
  });
}
