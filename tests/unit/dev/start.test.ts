import { describe, expect, test } from 'vitest';
import { readOptions } from '../../../dev/start/options.ts';
import { type CallOutcome, surprises } from '../../../dev/start/outcome.ts';
import { realWorld } from '../../../dev/start/real-world.ts';
import { type TestCall, testCalls } from '../../../dev/start/test-calls.ts';

describe('what npm start is told', () => {
  test('--json without --once is refused with the usage (R9.1)', () => {
    expect(() => readOptions(['--json'])).toThrow(/--json goes with --once[\s\S]*--calls N/);
  });

  test.each(['0', '-1', 'many', '1e9'])('--calls %s is refused (R9.1)', (calls) => {
    expect(() => readOptions([`--calls=${calls}`])).toThrow(/calls/);
  });

  test('one real provider key without the other names the missing one (R9.1)', () => {
    expect(() => realWorld({ OPENAI_API_KEY: 'dev-real' })).toThrow(/DEEPGRAM_API_KEY/);
  });

  test('both provider keys go to both seeded tenants (R9.1)', () => {
    const { providerKeys } = realWorld({ OPENAI_API_KEY: 'dev-o', DEEPGRAM_API_KEY: 'dev-d' });
    expect(providerKeys).toHaveLength(4);
  });

  test('a third key is used where there is one (R9.1)', () => {
    const { providerKeys } = realWorld({ OPENAI_API_KEY: 'dev-o', DEEPGRAM_API_KEY: 'dev-d', SONIOX_API_KEY: 'dev-s' });
    expect(providerKeys?.filter(({ provider }) => provider === 'soniox').map(({ key }) => key)).toEqual([
      'dev-s',
      'dev-s',
    ]);
  });
});

describe('the verdict on a test call', () => {
  const [answered, refused] = [expecting('answered'), expecting('refused')];
  const good: CallOutcome = {
    called: answered.called,
    caller: answered.caller,
    sip: 200,
    reason: null,
    tenant: 'harbor-pizza',
    agent: 'orders',
    inviteTo180Ms: 10,
    inviteTo200Ms: 300,
    inviteToFirstAudioMs: 500,
    endReason: 'caller_hung_up',
    transfers: [],
    services: ['llm openai gpt-4.1-mini'],
    transcript: [
      { role: 'agent', text: 'Harbor Pizza orders, what can I get in the oven for you?' },
      { role: 'caller', text: 'I would like to order a large margherita pizza.' },
      { role: 'agent', text: 'With pleasure.' },
    ],
  };

  test('is silent when the right agent greeted, heard and answered (R9.1)', () => {
    expect(surprises(answered, good)).toEqual([]);
  });

  test.each<[string, Partial<CallOutcome>]>([
    ['another tenant answered', { tenant: 'studio-bianchi' }],
    ['another number’s agent answered', { agent: 'support' }],
    ['the caller was put through instead', { transfers: ['tel:2050'] }],
    ['the agent broke off', { endReason: 'provider_failed' }],
    ['another greeting was spoken', { transcript: good.transcript.with(0, { role: 'agent', text: 'Hello.' }) }],
    ['the caller was not understood', { transcript: good.transcript.filter(({ role }) => role === 'agent') }],
    ['the agent gave no answer', { transcript: good.transcript.slice(0, 2) }],
  ])('speaks up when %s (R9.1)', (_what, change) => {
    expect(surprises(answered, { ...good, ...change })).toHaveLength(1);
  });

  test('tells a refusal for the wrong reason from the right one (R1.5)', () => {
    const seen = { ...good, sip: 486, reason: 'database_away', transcript: [] };
    expect(surprises(refused, seen)).toHaveLength(1);
  });
});

function expecting(outcome: TestCall['expected']['outcome']): TestCall {
  const call = testCalls.find(({ expected }) => expected.outcome === outcome);
  if (!call) throw new Error(`no test call is ${outcome}`);
  return call;
}
