/** The actions that a business declares become tools of its agent. */
import { llm, type voice } from '@livekit/agents';
import { Ajv, type ValidateFunction } from 'ajv';
import type { Action } from '../../shared/config/tools.ts';
import type { JsonValue } from '../../shared/merge.ts';
import type { CallTool, ToolContext } from '../tools/tool.ts';
import { undisturbed } from '../tools/undisturbed.ts';
import { Backend, type BackendAnswer } from './backend.ts';
import { prepare } from './request.ts';

/** A caller notices silence that is longer. */
const fillerAfterMs = 1_000;

export const backendActions: CallTool = {
  offered: ({ tools, backend }) => tools.actions.length > 0 && backend.url !== null,
  make(context) {
    const { config, keys, identity, platform, log, releases } = context;
    const backend = new Backend({ config, keys, identity, clock: platform.clock, log });
    releases.add('way to the backend', () => backend.close());
    const filler = new Filler(config.backend.filler);
    return config.tools.actions.map((action) => actionTool(action, backend, filler, context));
  },
};

function actionTool(action: Action, backend: Backend, filler: Filler, { config }: ToolContext) {
  const { name, description, parameters, method, timeout_ms: timeoutMs } = action;
  let check: ValidateFunction | undefined;
  return llm.tool({
    name,
    description,
    parameters,
    // What is only looked up may be asked for twice at once.
    onDuplicate: method === 'GET' ? 'allow' : 'reject',
    execute: async (args: Readonly<Record<string, JsonValue>>, { ctx }) => {
      check ??= new Ajv({ strict: false, allErrors: true, logger: false }).compile(parameters);
      if (!check(args))
        return `These arguments are not usable: ${problemsIn(check)}. Ask the caller for what is missing.`;
      const prepared = prepare(action, args, config.backend.url ?? '');
      if (prepared.outcome === 'unusable') return `These arguments are not usable: ${prepared.problem}.`;
      const ask = () => filler.during(ctx, () => backend.ask(prepared.request, timeoutMs));
      return told(await (method === 'GET' ? ask() : undisturbed(ctx, ask)));
    },
  });
}

function problemsIn({ errors }: ValidateFunction): string {
  const all = (errors ?? []).map(({ instancePath, message }) =>
    `${instancePath.slice(1) || 'they'} ${message ?? ''}`.trim(),
  );
  return [...new Set(all)].slice(0, 5).join('; ');
}

/** Said once for one answer of the agent, however many actions it takes. */
class Filler {
  readonly #words: string;
  readonly #said = new WeakSet<voice.SpeechHandle>();

  constructor(words: string) {
    this.#words = words;
  }

  during<T>(ctx: voice.RunContext, work: () => Promise<T>): Promise<T> {
    const say = () => {
      if (this.#said.has(ctx.speechHandle)) return undefined;
      this.#said.add(ctx.speechHandle);
      return this.#words;
    };
    return ctx.filler(say, { delay: fillerAfterMs }, work);
  }
}

function told(answer: BackendAnswer): string {
  switch (answer.outcome) {
    case 'answered':
      return toldOfAnswer(answer);
    case 'unreadable':
      return `The business's system answered (${answer.status}) with something that is not text.`;
    case 'redirected':
      return "The business's system has moved and does not answer here. Tell the caller that this does not work now.";
    case 'unreachable':
      return "The business's system cannot be reached. Tell the caller that this does not work now.";
    case 'late':
      return "The business's system did not answer in time; whether it did what was asked is not known. Tell the caller.";
  }
}

function toldOfAnswer({ status, text, cut }: Extract<BackendAnswer, { outcome: 'answered' }>): string {
  const rest = cut ? '\n[The answer was longer; this is its beginning.]' : '';
  if (status >= 500)
    return `The business's system has a problem (${status}). Tell the caller that this does not work now.`;
  if (status >= 400) return `The business's system refused this (${status}): ${text}${rest}`;
  return text === '' ? 'Done.' : `${text}${rest}`;
}
