/** Real SIP calls through the whole platform, checked where each tenant would notice: words heard, keys used, records kept. */
import { describe, expect, test } from 'vitest';
import type { Entry } from '../../dev/providers/journal.ts';
import { TestCaller } from '../../dev/start/dial.ts';
import { outcomeOf, surprises } from '../../dev/start/outcome.ts';
import { type TestCall, testCalls } from '../../dev/start/test-calls.ts';
import { useStack } from '../support/stack.ts';

const platform = useStack();
const never = new AbortController().signal;

describe('a dialled number', () => {
  const answered = testCalls.filter(({ expected }) => expected.outcome === 'answered');
  const refused = testCalls.filter(({ expected }) => expected.outcome === 'refused');

  test.each(answered)(
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

describe('two tenants at the same moment', () => {
  test('never use each other’s keys, prompts, greetings or words (R1.6, R2.7)', async () => {
    await platform().script({});
    const [pizza, studio] = [callTo('2001'), callTo('+390612345678')];
    expect(await Promise.all([surprisesOf(pizza), surprisesOf(studio)])).toEqual([[], []]);

    const journal = await platform().journal();
    const [ofPizza, ofStudio] = [withKeyOf('harbor-pizza', journal), withKeyOf('studio-bianchi', journal)];
    expect(ofPizza.length + ofStudio.length).toBe(journal.length);
    for (const kind of ['chat', 'speech', 'listen'] as const) {
      expect(ofPizza.filter((entry) => entry.kind === kind)).not.toEqual([]);
      expect(ofStudio.filter((entry) => entry.kind === kind)).not.toEqual([]);
    }
    expect(wordsIn(ofPizza)).not.toMatch(/Bianchi|Buongiorno|legale/i);
    expect(wordsIn(ofStudio)).not.toMatch(/Pizza|margherita|oven/i);
  });
});

async function surprisesOf(call: TestCall): Promise<string[]> {
  const { stack, records } = platform();
  const phone = await (await TestCaller.open(stack.sip)).place(call, never);
  return surprises(call, outcomeOf(call, phone, await records.of(phone.callId)));
}

function callTo(called: string): TestCall {
  const call = testCalls.find((candidate) => candidate.called === called);
  if (!call) throw new Error(`no test call to ${called}`);
  return call;
}

function withKeyOf(tenant: string, journal: readonly Entry[]): Entry[] {
  return journal.filter((entry) => entry.key.endsWith(tenant));
}

function wordsIn(entries: readonly Entry[]): string {
  return JSON.stringify(entries.map(({ system, user, reply, recognised }) => [system, user, reply, recognised]));
}
