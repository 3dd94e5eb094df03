import { type CallResult, placeCall } from '../phone/phone.ts';
import { speak } from '../phone/speech.ts';
import type { TestCall } from './test-calls.ts';

/** The whole call: ringing, greeting, one sentence each way, goodbye. */
const CALL_DEADLINE_MS = 60_000;

/** Places one test call: says its line when the agent has greeted, hangs up when the agent has answered. */
export async function dialTestCall(
  { called, caller, expected }: TestCall,
  target: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<CallResult> {
  const says = expected.outcome === 'answered' ? [expected.says] : [];
  const say = await Promise.all(says.map(async ({ text, language }) => ({ samples: await speak(text, language) })));
  return placeCall({ target, called, caller, say, deadlineMs: CALL_DEADLINE_MS, signal });
}
