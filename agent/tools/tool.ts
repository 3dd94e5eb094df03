/** What a tool is: a file that says when the agent has it, and makes it for one call. */
import type { llm, voice } from '@livekit/agents';
import type { RemoteParticipant } from '@livekit/rtc-node';
import type { TenantConfig } from '../../shared/config/index.ts';
import type { Call } from '../open-call.ts';
import type { ProviderKeys } from '../providers/index.ts';

/** Everything of one call that its tools may use. */
export interface ToolContext extends Call {
  readonly config: TenantConfig;
  readonly keys: ProviderKeys;
  readonly caller: RemoteParticipant;
  readonly session: () => voice.AgentSession;
}

export type AnyTool = llm.ToolContextEntry;

export interface CallTool {
  /** Whether this business's agent has it. */
  offered(config: TenantConfig): boolean;
  /** Several for a tool that the configuration makes many of. */
  make(context: ToolContext): readonly AnyTool[];
  /** Whether it works when limits.tool_calls is used up: without it, an agent could not even hang up politely. */
  readonly unlimited?: true;
}
