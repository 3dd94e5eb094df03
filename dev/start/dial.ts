import { createLog } from '../../shared/log.ts';
import { type CallResult, placeCall } from '../phone/phone.ts';
import { Speech } from '../providers/speech/speech.ts';
import type { Stack } from '../stack/stack.ts';
import type { TestCall } from './test-calls.ts';

/** The whole call: ringing, greeting, one sentence each way, goodbye. */
const CALL_DEADLINE_MS = 60_000;
const TELEPHONE_RATE = 8_000;

/** Says a test call's line when the agent has greeted, and hangs up when the agent has answered. */
export class TestCaller {
  readonly #target: Stack['sip'];
  readonly #speech: Speech;

  /** It speaks with the stand-ins' voice: they recognise a sentence by how it sounds. */
  static async open(target: Stack['sip']): Promise<TestCaller> {
    return new TestCaller(target, await Speech.open(createLog({ service: 'caller', level: 'error', showPii: false })));
  }

  private constructor(target: Stack['sip'], speech: Speech) {
    this.#target = target;
    this.#speech = speech;
  }

  async place({ called, caller, expected }: TestCall, signal: AbortSignal): Promise<CallResult> {
    const says = expected.outcome === 'answered' ? [expected.says] : [];
    const say = await Promise.all(
      says.map(async ({ text, language }) => ({ samples: await this.#speech.say(text, language, TELEPHONE_RATE) })),
    );
    return placeCall({ target: this.#target, called, caller, say, deadlineMs: CALL_DEADLINE_MS, signal });
  }
}
