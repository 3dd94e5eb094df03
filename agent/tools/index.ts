/** Every tool that an agent can have, and those that one call's agent has. */
import { endCall } from './end-call.ts';
import type { AnyTool, CallTool, ToolContext } from './tool.ts';

const tools: readonly CallTool[] = [endCall];

export function toolsFor(context: ToolContext): readonly AnyTool[] {
  return tools.filter((tool) => tool.offered(context.config)).flatMap((tool) => tool.make(context));
}
