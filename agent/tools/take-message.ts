import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { CallTool, ToolContext } from './tool.ts';
import { undisturbed } from './undisturbed.ts';
import { written } from './written.ts';

const parameters = z.object({
  for: z.string().trim().max(120).default('').describe('Who it is for. Empty: whoever reads it.'),
  message: z.string().trim().min(1).max(4000).describe('The message, as near to the words of the caller as possible.'),
  contact: z
    .string()
    .trim()
    .max(200)
    .default('')
    .describe('Name of the caller and how to reach them, as they said it. Empty: the number they call from.'),
});

/** Words that the caller leaves for somebody. */
export const takeMessage: CallTool = {
  offered: ({ tools }) => tools.message.enabled,
  make: (context) => [takeMessageTool(context)],
};

function takeMessageTool(context: ToolContext) {
  return llm.tool({
    name: 'take_message',
    description:
      'Writes down a message that the caller leaves for somebody of the business. Ask for the name and how to reach them, ' +
      'and take it once.',
    parameters,
    onDuplicate: 'reject',
    execute: ({ for: whom, message, contact }, { ctx }) => {
      const title = whom === '' ? 'Message' : `Message for ${whom}`;
      const draft = { kind: 'message', title, body: message, priority: 'normal', contact } as const;
      return undisturbed(ctx, () => written(context, draft));
    },
  });
}
