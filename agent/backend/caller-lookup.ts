/**
 * Asks the business's own server who is calling, while the call is being answered. Nobody waits for it: what it says stands
 * in the agent's instructions as soon as it is there.
 */
import { parseJson } from '../../shared/json.ts';
import type { BusinessAgent } from '../business-agent.ts';
import { callerNumber } from '../template-values.ts';
import type { ToolContext } from '../tools/tool.ts';
import { Backend } from './backend.ts';
import { prepare } from './request.ts';

/** The model reads it with every answer, and the tenant pays each time. */
const longestCharacters = 4_000;

/** Never throws. Returns when the agent knows the caller, or when nothing is known in time. */
export async function meetCaller(agent: Pick<BusinessAgent, 'learn'>, context: ToolContext): Promise<void> {
  const { config, keys, identity, platform, log, caller } = context;
  const { url, caller_lookup: lookup } = config.backend;
  const number = callerNumber(caller);
  if (url === null || lookup.path === null || number === undefined) return;
  const asks = { caller: number, called: identity.calledNumber };
  const prepared = prepare({ method: 'GET', path: lookup.path }, asks, url);
  if (prepared.outcome === 'unusable') return log.warn({ problem: prepared.problem }, 'the caller cannot be looked up');
  const backend = new Backend({ config, keys, identity, clock: platform.clock, log });
  try {
    const answer = await backend.ask(prepared.request, lookup.timeout_ms);
    if (answer.outcome !== 'answered' || answer.status !== 200) return;
    const known = answer.cut || answer.text.length > longestCharacters ? undefined : parseJson(answer.text);
    if (known === undefined)
      log.warn({ bytes: answer.text.length }, 'what is known of the caller is no JSON, or too long');
    else await agent.learn({ caller: known });
  } catch (thrown) {
    log.warn({ err: thrown }, 'the caller could not be looked up');
  } finally {
    await backend.close();
  }
}
