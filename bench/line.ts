/** The whole platform with one business whose limits nobody reaches, for callers with telephones. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pizza } from '../dev/faults/businesses.ts';
import { dial, type PhoneCall } from '../dev/phone/call.ts';
import { remoteProviders } from '../dev/providers/remote.ts';
import { repository } from '../dev/stack/program.ts';
import { Rows } from '../dev/stack/rows.ts';
import { type Stack, startStack } from '../dev/stack/stack.ts';
import type { ChildEnv } from '../dev/stack/surroundings.ts';

const mostCalls = 1_000;
export const answerDeadlineMs = 30_000;
/** For the BYE to leave. */
const partingMs = 100;

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

/** One caller, who is gone when this returns. @param whileUp what to wait for in a call that is answered */
export async function tryCall(
  { sip }: Stack,
  called: string,
  from: number,
  whileUp: (call: PhoneCall) => Promise<void> = async () => undefined,
): Promise<{ readonly call: PhoneCall; readonly status: number | undefined }> {
  const call = await dial({ target: sip, called, caller: callerNumber(from) });
  try {
    const answer = await Promise.race([call.answered, pause(answerDeadlineMs)]);
    if (answer === undefined) call.cancel();
    if (answer?.status === 200) await whileUp(call);
    return { call, status: answer?.status };
  } finally {
    call.hangUp();
    await pause(partingMs);
    await call.close();
  }
}

/** A number of England that nobody has, another one for each. */
export function callerNumber(at: number): string {
  return `+4416329${60_000 + at}`;
}
