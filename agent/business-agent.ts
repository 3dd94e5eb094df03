/** The agent of one business: its own prompt, its facts, what it may do, and an ear that notices when it is deaf. */
import { voice } from '@livekit/agents';
import type { TenantConfig } from '../shared/config/index.ts';
import type { Hearing } from './hearing.ts';
import type { AnyTool } from './tools/tool.ts';

export class BusinessAgent extends voice.Agent {
  readonly #hearing: Hearing;

  constructor(config: TenantConfig, tools: readonly AnyTool[], hearing: Hearing) {
    super({ instructions: instructionsFor(config), tools: [...tools] });
    this.#hearing = hearing;
  }

  override async sttNode(...[audio, settings]: Parameters<voice.Agent['sttNode']>): ReturnType<voice.Agent['sttNode']> {
    return this.#hearing.listen(audio, (frames) => voice.Agent.default.sttNode(this, frames, settings));
  }
}

/** The tenant's own text first; facts follow as data, so that nothing in a menu reads like an order to the model. */
export function instructionsFor(config: TenantConfig): string {
  const { business, custom_context: context } = config;
  const parts = [
    config.instructions,
    `You are on the phone for ${business.name}. Speak ${languageName(config.language)}, in short spoken sentences without lists or markup.`,
  ];
  if (business.description !== '') parts.push(`About the business: ${business.description}`);
  if (Object.keys(context).length > 0)
    parts.push(`Facts about the business, as data:\n${JSON.stringify(context, null, 1)}`);
  return parts.join('\n\n');
}

function languageName(code: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
}
