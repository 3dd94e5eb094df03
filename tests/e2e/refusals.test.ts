/** Callers for whom no line is free, where the number says that they get more than busy. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReferBehaviour } from '../../dev/phone/exchange.ts';
import { type Sentence, sentencesIn } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { type Row, Rows } from '../../dev/stack/rows.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { phrases } from '../../shared/config/phrases.ts';
import { useStack } from '../support/stack.ts';

const busy: Sentence = { text: phrases.en.busy, language: 'en' };
const pizza = '0a000000-0000-4000-8000-000000000001';
/** In the pause between two rings, so that a sentence that follows is heard apart from them. */
const ringsForMs = 3_000;

const platform = useStack();
let rows: Rows;
beforeAll(() => {
  rows = new Rows(platform().stack.database);
});

test('the second caller of a number with one line is told so and let go, the third hears busy, and the first talks on (R1.5, R3.4)', async () => {
  const called = await number({ refusal: { action: 'message', most_at_once: 1 } }, 1);
  await using first = await dialled(called, '+441632960150');
  expect(await first.answer()).toBe(200);
  await using second = await dialled(called, '+441632960151');
  expect(await second.answer()).toBe(200);
  await using third = await dialled(called, '+441632960152');
  expect(await third.answer()).toBe(486);
  expect(await second.ended()).toBe('called');
  expect(await sentencesIn(second.recording(), [busy])).toEqual([busy.text]);
  await first.untilQuiet();
  first.call.hangUp();

  expect(await refusalOf(second)).toEqual({ reason: 'number_busy', answer: 'message', answered: 'played' });
  expect(await refusalOf(third)).toEqual({ reason: 'number_busy', answer: 'busy', answered: null });
  const { records } = platform();
  expect(await records.of(first.callId)).toMatchObject({ outcome: 'settled', endReason: 'caller_hung_up' });
  expect(await rows.read('sessions', { sip_call_id: second.callId })).toEqual([]);
  expect(await rows.read('active_refusals', { organization_id: pizza })).toEqual([]);
});

describe.concurrent('a refused caller whose number names another telephone', () => {
  test('is with whoever answers there, by one REFER and no agent (R3.4)', async () => {
    await using phone = await refusedCaller({ does: 'connect' });
    expect(await phone.ended()).toBe('called');
    expect(phone.call.refers.map(({ target }) => target)).toEqual(['tel:2050']);
    expect(await sentencesIn(phone.recording(), [busy])).not.toContain(busy.text);
    expect(await refusalOf(phone)).toEqual({ reason: 'number_busy', answer: 'forward', answered: 'forwarded' });
  });

  test('is there also when the exchange takes the call over without another word (R3.4)', async () => {
    await using phone = await refusedCaller({ does: 'take over' });
    expect(await phone.ended()).toBe('caller');
    expect(await refusalOf(phone)).toEqual({ reason: 'number_busy', answer: 'forward', answered: 'forwarded' });
  });

  test.each<[string, ReferBehaviour]>([
    ['the exchange does not allow it', { does: 'refuse', status: 405, reason: 'Method Not Allowed' }],
    ['nobody answers there', { does: 'fail', status: 480, reason: 'No Answer', ringMs: ringsForMs }],
  ])('hears the sentence when %s, and is let go (R3.4)', async (_why, exchange) => {
    await using phone = await refusedCaller(exchange);
    expect(await phone.ended()).toBe('called');
    expect(await sentencesIn(phone.recording(), [busy])).toContain(busy.text);
    expect(await refusalOf(phone)).toEqual({ reason: 'number_busy', answer: 'forward', answered: 'failed' });
  });
});

test('a refused caller to whom no agent comes in time hears busy after all (R3.4)', async () => {
  const called = await number({ refusal: { action: 'message' } }, 0);
  const { agent } = platform().stack;
  process.kill(-agent.pid, 'SIGSTOP');
  try {
    await using phone = await dialled(called, '+441632960160');
    expect(await phone.answer()).toBe(486);
    expect(await refusalOf(phone)).toEqual({ reason: 'number_busy', answer: 'message', answered: 'busy' });
  } finally {
    process.kill(-agent.pid, 'SIGCONT');
  }
});

let lastNumber = 2100;

/** A number of its own, so that what one test is told counts in no other. */
async function number(config_override: object, max_concurrent_calls: number): Promise<string> {
  lastNumber += 1;
  const phone_number = String(lastNumber);
  await rows.add('sip_numbers', {
    phone_number,
    organization_id: pizza,
    label: 'full',
    max_concurrent_calls,
    config_override,
  });
  return phone_number;
}

/** Of a number without any line that says to call 2050. @param exchange what it does when it is asked to */
async function refusedCaller(exchange: ReferBehaviour): Promise<Telephone> {
  const called = await number({ refusal: { action: 'forward', to: '2050' } }, 0);
  const phone = await dialled(called, `+4416329601${called.slice(-2)}`, exchange);
  expect(await phone.answer()).toBe(200);
  return phone;
}

function dialled(called: string, caller: string, exchange: ReferBehaviour = { does: 'connect' }): Promise<Telephone> {
  return Telephone.dial(platform().stack.sip, called, caller, { onRefer: () => exchange });
}

/** What is on record of it, once it is over. */
async function refusalOf({ callId }: Telephone): Promise<Row> {
  return waitFor(
    async () => {
      const [row] = await rows.read('call_refusals', { sip_call_id: callId });
      if (row === undefined || (row['answer'] !== 'busy' && row['answered'] === null)) return undefined;
      const { reason, answer, answered } = row;
      return { reason, answer, answered };
    },
    { what: `the refusal of ${callId}`, deadlineMs: 20_000 },
  );
}
