/** The agent of one business: its own prompt, its facts, what it may do, and an ear that notices when it is deaf. */
import { type llm, voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import { type AgentPart, closedNote } from './closing-hours.ts';
import type { CallEnds } from './ends.ts';
import type { Ears, Hearing } from './hearing.ts';
import { instructionsFor, type Situation } from './instructions.ts';
import { type SpokenOfCall, templateValues } from './template-values.ts';
import type { AnyTool } from './tools/tool.ts';

export interface AgentsCall extends SpokenOfCall {
  readonly ends: Pick<CallEnds, 'puttingThrough'>;
}

export interface Role {
  /** What it does in this call; only one that talks has tools. */
  readonly part: AgentPart;
  /** What was said before it came. */
  readonly memory?: llm.ChatContext | undefined;
  /** In which it begins, where that is not the configured one. */
  readonly language?: string;
}

export class BusinessAgent extends voice.Agent {
  readonly #ends: AgentsCall['ends'];
  readonly #config: TenantConfig;
  #hearing: Hearing;
  #situation: Situation;
  #listensOnly: boolean;

  constructor(call: AgentsCall, tools: readonly AnyTool[], hearing: Hearing, role: Role = { part: 'talks' }) {
    const { part, memory, language } = role;
    const closed = closedNote(call.config, call.platform.clock.now());
    const situation = { values: templateValues(call, language), ...(closed !== undefined && { closed }) };
    super({
      instructions: instructionsFor(call.config, situation),
      tools: [...tools],
      ...(memory && { chatCtx: memory }),
      ...without(call.config, part),
    });
    this.#listensOnly = part === 'listens';
    this.#ends = call.ends;
    this.#config = call.config;
    this.#situation = situation;
    this.#hearing = hearing;
  }

  /** Goes on with what was learnt meanwhile. What the model has begun to say, it says as it knew before. */
  async learn(news: Partial<Situation>): Promise<void> {
    this.#situation = { ...this.#situation, ...news };
    await this.updateInstructions(instructionsFor(this.#config, this.#situation));
  }

  /** Takes effect with the next recogniser of the agent. @returns releases them */
  hearWith(ears: Ears): () => void {
    const hearing = this.#hearing.replacedBy(ears);
    this.#hearing = hearing;
    return () => hearing.close();
  }

  /** What the caller says from now on is kept and not answered. */
  onlyListen(): void {
    this.#listensOnly = true;
  }

  /** Kept for the record, and not answered while somebody else is being called for the caller. */
  override async onUserTurnCompleted(_context: llm.ChatContext, said: llm.ChatMessage): Promise<void> {
    if (!this.#ends.puttingThrough && !this.#listensOnly) return;
    this._chatCtx.insert(said);
    this.session._conversationItemAdded(said);
    throw new voice.StopResponse();
  }

  override async sttNode(...[audio, settings]: Parameters<voice.Agent['sttNode']>): ReturnType<voice.Agent['sttNode']> {
    return this.#hearing.listen(audio, (frames) => voice.Agent.default.sttNode(this, frames, settings));
  }
}

/** In the mode realtime ears, thoughts and voice are one, and cannot be had by themselves. */
function without({ mode }: TenantConfig, part: AgentPart): Pick<voice.AgentOptions<unknown>, 'llm' | 'stt' | 'vad'> {
  if (mode === 'realtime' || part === 'talks') return {};
  return part === 'listens' ? { llm: null } : { llm: null, stt: null, vad: null };
}
