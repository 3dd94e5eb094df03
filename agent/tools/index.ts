/** Every tool that an agent can have, and those that one call's agent has. */
import { backendActions } from '../backend/action-tool.ts';
import { businessHours } from './business-hours.ts';
import { collectDigits } from './collect-digits.ts';
import { createTicket } from './create-ticket.ts';
import { endCall } from './end-call.ts';
import { switchLanguage } from './switch-language.ts';
import { takeMessage } from './take-message.ts';
import type { AnyTool, CallTool, ToolContext } from './tool.ts';
import { transferCall } from './transfer.ts';
import { ToolUses } from './uses.ts';

const tools: readonly CallTool[] = [
  endCall,
  createTicket,
  takeMessage,
  collectDigits,
  businessHours,
  switchLanguage,
  transferCall,
  backendActions,
];

export function toolsFor(context: ToolContext): readonly AnyTool[] {
  const uses = new ToolUses(context.config.limits.tool_calls, context);
  return tools
    .filter((tool) => tool.offered(context.config))
    .flatMap((tool) => tool.make(context).map((made) => uses.watch(made, tool.unlimited !== true)));
}
