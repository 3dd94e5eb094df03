/** SIPp calls the whole platform: line, LiveKit, dispatch, agent, providers, and the sound back to SIPp. */
import { describe, expect, test } from 'vitest';
import { sentencesIn } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { useStack } from '../support/stack.ts';
import { openEar, startSipp, voiceFile } from './sipp-caller.ts';

const platform = useStack({ shards: 1 });
const order = { text: 'I would like to order a large margherita pizza.', language: 'en' } as const;
const greeting = { text: 'Harbor Pizza orders, what can I get in the oven for you?', language: 'en' } as const;
const answer = { text: 'One large margherita, ready in forty minutes.', language: 'en' } as const;
const otherBusiness = {
  text: "Studio Bianchi, buongiorno. Sono l'assistente telefonica, come posso aiutarla?",
  language: 'it',
} as const;
const recordDeadlineMs = 5_000;

describe('SIPp as the exchange', () => {
  test('a caller who orders a pizza is heard by her own business’s ears and hears its own voice (R1.2, R1.4, R1.7)', async () => {
    const { stack, records, script, journal } = platform();
    await script({ rules: [{ match: { kind: 'chat', user: 'margherita' }, reply: answer.text }] });
    await using ear = await openEar();
    const files = { 'caller.ulaw': await voiceFile(order) };
    const calling = await startSipp(stack.sip, 'uac-orders-pizza-expect-200', { heard: ear.port, files });
    await ear.untilQuiet(0);
    const greetedMs = ear.nowMs();
    await calling.cue();
    await ear.untilQuiet(greetedMs);
    await calling.cue();
    await calling.done;

    const heard = await sentencesIn(ear.recording(), [greeting, answer, otherBusiness]);
    expect(heard).toEqual([greeting.text, answer.text]);
    const understood = (await journal()).filter(
      ({ kind, recognised }) => kind === 'listen' && recognised !== undefined,
    );
    expect(understood).toMatchObject([{ key: 'dev-deepgram-harbor-pizza', recognised: order.text }]);
    expect(await records.of(calling.callId)).toMatchObject({
      tenant: 'harbor-pizza',
      agent: 'orders',
      endReason: 'caller_hung_up',
      transcript: [
        { role: 'agent', text: greeting.text },
        { role: 'caller', text: order.text },
        { role: 'agent', text: answer.text },
      ],
    });
  });

  test.each([
    ['uac-unknown-number-expect-486', 'unknown_number'],
    ['uac-inactive-number-expect-486', 'number_inactive'],
  ] as const)(
    '%s: the caller hears busy, for the reason %s, and no agent is started (R1.5)',
    async (scenario, reason) => {
      const { stack, records, script, journal } = platform();
      await script({});
      const calling = await startSipp(stack.sip, scenario);
      await calling.done;
      expect(await records.of(calling.callId)).toEqual({ outcome: 'refused', reason });
      expect(await journal()).toEqual([]);
    },
  );

  test('a caller who gives up while it rings frees the line at once (R3.2)', async () => {
    const { stack, records } = platform();
    const rows = new Rows(stack.database);
    // An agent that takes its time: nothing answers before the caller gives up.
    process.kill(-stack.agent.pid, 'SIGSTOP');
    try {
      const calling = await startSipp(stack.sip, 'uac-gives-up-while-ringing-expect-487');
      await waitFor(async () => (await rows.read('sessions', { sip_call_id: calling.callId })).length === 1, {
        what: 'the call’s admission',
        deadlineMs: recordDeadlineMs,
      });
      await calling.cue();
      await calling.done;
      expect(await records.of(calling.callId)).toMatchObject({ outcome: 'settled', endReason: 'caller_gave_up' });
      expect(await rows.read('active_calls')).toEqual([]);
    } finally {
      process.kill(-stack.agent.pid, 'SIGCONT');
    }
  });

  test('a second caller of a number with one line hears busy, and the first one talks on (R1.5)', async () => {
    const { stack, records } = platform();
    await new Rows(stack.database).change('sip_numbers', { phone_number: '2002' }, { max_concurrent_calls: 1 });
    await using first = await Telephone.dial(stack.sip, '2002', '+441632960110');
    expect(await first.answer()).toBe(200);
    const second = await startSipp(stack.sip, 'uac-second-line-busy-expect-486');
    await second.done;
    expect(await records.of(second.callId)).toEqual({ outcome: 'refused', reason: 'number_busy' });
    await first.untilQuiet();
    first.call.hangUp();
    expect(await records.of(first.callId)).toMatchObject({ outcome: 'settled', endReason: 'caller_hung_up' });
  });
});
