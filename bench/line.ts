/** The whole platform with one business whose limits nobody reaches, for callers with telephones. */
import { join } from 'node:path';
import { pizza } from '../dev/faults/businesses.ts';
import { remoteProviders } from '../dev/providers/remote.ts';
import { repository } from '../dev/stack/program.ts';
import { Rows } from '../dev/stack/rows.ts';
import { type Stack, startStack } from '../dev/stack/stack.ts';
import type { ChildEnv } from '../dev/stack/surroundings.ts';

const mostCalls = 1_000;

/** Callers of bench/ dial it; to be closed by whoever opened it. */
export async function openLine(what: string, agentEnv: ChildEnv = {}): Promise<Stack> {
  const runDir = join(repository, '.switchboard', `bench-${what}-${Date.now()}`);
  const stack = await startStack({ runDir, code: 'built', shards: 1, postgres: 'where found', agentEnv });
  try {
    const rows = new Rows(stack.database);
    const limits = { max_concurrent_calls: mostCalls };
    await rows.change('organizations', { slug: pizza.tenant }, { ...limits, max_calls_per_second: mostCalls });
    await rows.change('sip_numbers', { phone_number: pizza.called }, limits);
    await remoteProviders(stack.providers?.port ?? 0).script({
      rules: [{ match: { kind: 'chat' }, reply: pizza.answer.text }],
    });
    return stack;
  } catch (thrown) {
    await stack.close();
    throw thrown;
  }
}

/** A number of England that nobody has, another one for each. */
export function callerNumber(at: number): string {
  return `+4416329${60_000 + at}`;
}
