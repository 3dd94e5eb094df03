/** Callers who want a person. Number 2002 has one destination, the manager on extension 2050, and does not ask back. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReferBehaviour } from '../../dev/phone/exchange.ts';
import { type Sentence, sentencesIn } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { useStack } from '../support/stack.ts';

const en = (text: string): Sentence => ({ text, language: 'en' });
const care = en('Harbor Pizza customer care, I am sorry if something went wrong. What happened?');
const person = en('Can I speak to a person, please?');
const handoff = en('I am putting you through to the manager. One moment, please.');
const closing = { asked: en('What time do you close tonight?'), answer: en('We close at eleven tonight.') };
const road = { asked: en('Do you deliver to Station Road?'), answer: en('We deliver to Station Road.') };
/** The stand-in says what the tool told it in several sentences. */
const betweenSentencesMs = 3_000;

const platform = useStack();
beforeAll(() =>
  platform().script({
    rules: [
      { match: { kind: 'chat', user: 'close tonight' }, reply: closing.answer.text },
      { match: { kind: 'chat', user: 'station road' }, reply: road.answer.text },
    ],
  }),
);

describe.concurrent('a caller who asks for a person', () => {
  test('hears who it will be, in full and whatever they say meanwhile, and is then put through (R4.3)', async () => {
    await using phone = await greeted({ does: 'connect' });
    const asked = await phone.say(person);
    await phone.untilSpokenTo(asked);
    await phone.say(closing.asked);
    expect(await phone.ended()).toBe('called');
    expect(phone.call.refers.map(({ target }) => target)).toEqual(['tel:2050']);
    expect(await sentencesIn(phone.recording(), [care, handoff, closing.answer])).toContain(handoff.text);
    const record = await settled(phone);
    expect(record).toMatchObject({
      endReason: 'transferred',
      transfers: [{ destination: 'manager', outcome: 'connected' }],
    });
    expect(record.transcript.at(-1)).toEqual({ role: 'agent', text: handoff.text });
  });

  test('counts as put through when the exchange takes the call over without another word (R4.3)', async () => {
    await using phone = await greeted({ does: 'take over' });
    await phone.say(person);
    expect(await phone.ended()).toBe('caller');
    expect(await settled(phone)).toMatchObject({
      endReason: 'transferred',
      transfers: [{ destination: 'manager', outcome: 'connected' }],
    });
  });

  test('is told when the line is busy, and the conversation goes on (R4.3)', async () => {
    await using phone = await greeted({ does: 'fail', status: 486, reason: 'Busy Here' });
    await phone.say(person);
    const { transcript, ...record } = await goOnAfter('the line of the manager is busy', phone);
    expect(transcript.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('the line of the manager is busy'),
    );
    expect(record).toMatchObject({ transfers: [{ destination: 'manager', outcome: 'busy' }] });
  });

  test('is with the agent again when the exchange does not allow it (R4.3)', async () => {
    await using phone = await greeted({ does: 'refuse', status: 405, reason: 'Method Not Allowed' });
    await phone.say(person);
    const record = await goOnAfter('does not allow calls to the manager', phone);
    expect(record).toMatchObject({ transfers: [{ destination: 'manager', outcome: 'refused' }] });
  });

  test('hears ringing and not the agent while the other telephone rings, whatever they say (R4.3)', async () => {
    await using phone = await greeted({ does: 'fail', status: 480, reason: 'No Answer', ringMs: 8_000 });
    await phone.say(person);
    await waitFor(() => phone.call.refers.length > 0, { what: 'the REFER', deadlineMs: 20_000 });
    await phone.say(road.asked);
    const { transcript, ...record } = await goOnAfter('nobody answered at the manager', phone);
    expect(record).toMatchObject({ transfers: [{ destination: 'manager', outcome: 'no_answer' }] });
    const said = transcript.map(({ text }) => text);
    expect(said).toContain(road.asked.text);
    expect(said).not.toContain(road.answer.text);
  });
});

async function greeted(exchange: ReferBehaviour): Promise<Telephone> {
  const onRefer = () => exchange;
  const phone = await Telephone.dial(platform().stack.sip, '2002', '+441632960140', { onRefer });
  expect(await phone.answer()).toBe(200);
  await phone.untilQuiet();
  return phone;
}

/** Asks something else once the agent has said these words. @returns what is on record when the caller has hung up */
async function goOnAfter(words: string, phone: Telephone) {
  const isSaid = async () =>
    (await platform().journal()).some(({ kind, user }) => kind === 'speech' && user?.includes(words));
  await waitFor(isSaid, { what: `the agent to say "${words}"`, deadlineMs: 30_000 });
  await phone.untilQuiet(phone.call.sinceInviteMs(), betweenSentencesMs);
  await phone.untilQuiet(await phone.say(closing.asked));
  phone.call.hangUp();
  const record = await settled(phone);
  expect(record.endReason).toBe('caller_hung_up');
  expect(record.transcript.slice(-2).map(({ text }) => text)).toEqual([closing.asked.text, closing.answer.text]);
  return record;
}

async function settled(phone: Telephone) {
  const record = await platform().records.of(phone.callId);
  if (record.outcome === 'refused') throw new Error(`refused: ${record.reason}`);
  return record;
}
