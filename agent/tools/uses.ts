/** Watches over every use of a tool in one call: how often, whether one is at work, and what happens when one breaks. */
import { llm } from '@livekit/agents';
import { coerceError } from '../../shared/faults.ts';
import type { Logger } from '../../shared/log.ts';
import type { ToolActivity } from '../tool-activity.ts';
import type { AnyTool } from './tool.ts';

const usedUp = 'No tool can be used any more in this call. Go on without, and say so if it matters to the caller.';
const broken =
  'This did not work because of a fault on our side. Do not try again; tell the caller, and offer what else you can do.';

export interface Watched {
  readonly activity: ToolActivity;
  readonly log: Logger;
}

export class ToolUses {
  #left: number;
  readonly #activity: ToolActivity;
  readonly #log: Logger;

  /** @param most uses of one call */
  constructor(most: number, { activity, log }: Watched) {
    this.#left = most;
    this.#activity = activity;
    this.#log = log;
  }

  watch(tool: AnyTool, counted: boolean): AnyTool {
    if (!llm.isFunctionTool(tool)) return tool;
    const execute: typeof tool.execute = async (args, options) => {
      if (counted && this.#left === 0) {
        this.#log.warn({ tool: tool.name }, 'the call has used up its tools');
        return usedUp;
      }
      if (counted) this.#left--;
      return await this.#activity.during(() => this.#attempt(tool.name, () => tool.execute(args, options)));
    };
    return { ...tool, execute };
  }

  /** What the library would tell the model of a fault is nothing it could act on. */
  async #attempt(name: string, use: () => Promise<unknown>): Promise<unknown> {
    try {
      return await use();
    } catch (thrown) {
      if (thrown instanceof llm.ToolError) throw thrown;
      this.#log.error({ err: coerceError(thrown), tool: name }, 'a tool failed');
      return broken;
    }
  }
}
