import { llm } from '@livekit/agents';
import { z } from 'zod';
import type { TenantConfig } from '../../shared/config/index.ts';
import type { Destination } from '../../shared/config/tools.ts';
import { withDeadline } from '../../shared/faults.ts';
import { renderTemplate } from '../../shared/template.ts';
import { templateValues } from '../template-values.ts';
import { type Transferred, transferTo } from '../transfer.ts';
import type { CallTool, ToolContext } from './tool.ts';
import { undisturbed } from './undisturbed.ts';

const handoffDeadlineMs = 30_000;
/** So often the caller may speak between being asked and being put through; what was asked longer ago is asked again. */
const longestConsentTurns = 3;

/** Puts the caller through to one of the business's destinations, when the model asks for it by its id. */
export const transferCall: CallTool = {
  offered: (config) => config.tools.transfer.enabled && destinationsOf(config).length > 0,
  make: (context) => [transferCallTool(context)],
};

/** Those that may be offered, the preferred ones first. */
function destinationsOf({ tools }: TenantConfig): readonly Destination[] {
  return tools.transfer.destinations.filter(({ enabled }) => enabled).toSorted((a, b) => b.priority - a.priority);
}

function transferCallTool(context: ToolContext): llm.FunctionTool<{ destination: string }> {
  const destinations = destinationsOf(context.config);
  const ids = destinations.map(({ id }) => id);
  const consent = new Consent(context);
  let underWay = false;
  return llm.tool({
    name: 'transfer_call',
    description: describe(destinations),
    parameters: z.object({ destination: z.string().meta({ enum: ids, description: 'Id of the destination.' }) }),
    execute: async ({ destination: id }, { ctx }) => {
      const destination = destinations.find((candidate) => candidate.id === id);
      if (destination === undefined)
        return `There is no destination ${JSON.stringify(id)}. There are: ${ids.join(', ')}.`;
      if (underWay) return 'The caller is being put through already. Say nothing and wait.';
      if (ctx.speechHandle.interrupted) return 'Not done: the caller spoke meanwhile.';
      if (!consent.isGiven(destination))
        return `Not done yet. Ask the caller whether to be put through to ${destination.label}, and call this again once they agree.`;
      underWay = true;
      try {
        return await undisturbed(ctx, () => handOver(context, destination));
      } finally {
        underWay = false;
      }
    },
  });
}

function describe(destinations: readonly Destination[]): string {
  const list = destinations.map(({ id, label, description }) => `- ${id}: ${label}. ${description}`.trim());
  return [
    'Puts the caller through to somebody else by telephone; when that works, your part of the call is over. Say nothing ' +
      'before you use it: the caller is told by the system. Use it when the caller asks for one of these, or needs what only ' +
      'they can do; when several would do, take the one that stands first. Destinations:',
    ...list,
  ].join('\n');
}

/**
 * Whether the caller has agreed. The model cannot know by itself: only after a first request, and words of the caller since
 * then, does a second one for the same destination count. Each consent is good for one try.
 */
class Consent {
  readonly #context: ToolContext;
  #asked: { readonly id: string; readonly turns: number } | undefined;

  constructor(context: ToolContext) {
    this.#context = context;
  }

  isGiven({ id }: Destination): boolean {
    if (!this.#context.config.tools.transfer.confirm) return true;
    const turns = this.#callerTurns();
    const since = this.#asked?.id === id ? turns - this.#asked.turns : undefined;
    const isGiven = since !== undefined && since > 0 && since <= longestConsentTurns;
    if (isGiven) this.#asked = undefined;
    else if (since !== 0) this.#asked = { id, turns };
    return isGiven;
  }

  #callerTurns(): number {
    const { items } = this.#context.session().history;
    return items.filter((item) => item.type === 'message' && item.role === 'user').length;
  }
}

/** @returns what the model is told; undefined when the call is over, and the model is not asked for more words */
async function handOver(context: ToolContext, destination: Destination): Promise<string | undefined> {
  const { outcome } = (await announce(context, destination))
    ? await transferTo(context, destination)
    : { outcome: 'failed' as const };
  return sentenceFor(outcome, destination.label);
}

/** Says the handoff sentence. @returns whether all of it was heard */
async function announce(context: ToolContext, { label }: Destination): Promise<boolean> {
  const text = renderTemplate(context.config.tools.transfer.handoff, { ...templateValues(context), label });
  const speech = context.session().say(text, { allowInterruptions: false });
  await withDeadline('the handoff sentence', handoffDeadlineMs, speech.waitForPlayout());
  return !speech.interrupted && context.ends.reached === undefined;
}

function sentenceFor(outcome: Transferred['outcome'], label: string): string | undefined {
  const stillThere = 'The caller is still on the line with you: say so, and ask what else you can do.';
  switch (outcome) {
    case 'connected':
    case 'caller_left':
      return undefined;
    case 'busy':
      return `Not put through: the line of ${label} is busy. ${stillThere}`;
    case 'no_answer':
      return `Not put through: nobody answered at ${label}. ${stillThere}`;
    case 'refused':
      return `Not put through: the telephone system does not allow calls to ${label}, or they declined. ${stillThere}`;
    case 'unreachable':
      return `Not put through: ${label} cannot be reached at the moment. ${stillThere}`;
    case 'failed':
      return `Not put through: the transfer to ${label} failed. ${stillThere}`;
    case 'under_way':
      return 'The caller is being put through already. Say nothing and wait.';
  }
}
