/** Real SIP calls through the whole platform, checked where each tenant would notice: words heard, keys used, records kept. */
import { describe, expect, test } from 'vitest';
import { TestCaller } from '../../dev/start/dial.ts';
import { outcomeOf, surprises } from '../../dev/start/outcome.ts';
import { type TestCall, testCalls } from '../../dev/start/test-calls.ts';
import { useStack } from '../support/stack.ts';

const platform = useStack();
const never = new AbortController().signal;

describe('a dialled number', () => {
  const answered = testCalls.filter(({ expected }) => expected.outcome === 'answered');
  const refused = testCalls.filter(({ expected }) => expected.outcome === 'refused');

  test.concurrent.each(answered)(
    '$called is answered, heard and put on record as its own tenant’s (R1.4, R1.8, R9.1)',
    async (call) => {
      expect(await surprisesOf(call)).toEqual([]);
    },
  );

  test.each(refused)('$called hears busy for its own reason and no agent is started (R1.5)', async (call) => {
    const before = (await platform().journal()).length;
    expect(await surprisesOf(call)).toEqual([]);
    expect(await platform().journal()).toHaveLength(before);
  });
});

async function surprisesOf(call: TestCall): Promise<string[]> {
  const { stack, records } = platform();
  const phone = await (await TestCaller.open(stack.sip)).place(call, never);
  return surprises(call, outcomeOf(call, phone, await records.of(phone.callId)));
}
