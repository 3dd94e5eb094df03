/** How a conversation sounds to the caller. The calls of this file are all on at the same time. */
import { beforeAll, describe, expect, test } from 'vitest';
import { type Sentence, sentencesIn, telephoneRate } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import { useStack } from '../support/stack.ts';

const en = (text: string): Sentence => ({ text, language: 'en' });
const orders = en('Harbor Pizza orders, what can I get in the oven for you?');
const person = { asked: en('Can I speak to a person, please?'), answer: en('I will call my colleague for you.') };
const closing = { asked: en('What time do you close tonight?'), answer: en('We close at eleven tonight.') };
const road = { asked: en('Do you deliver to Station Road?') };
/** Half a minute of speech, if nobody stops it. */
const longAnswer = [
  en('We deliver to every street between the harbour and the old town.'),
  en('A delivery takes about forty minutes on a quiet evening.'),
  en('On a Friday night it can be more than an hour before the driver rings.'),
  en('You can also fetch the pizza yourself, which costs two pounds less.'),
  en('The last order of the evening is taken at half past ten.'),
];
const help = { asked: en('My order has not arrived, can you help me?') };
const apology = en('I am sorry, something went wrong on our side. Please call again in a moment.');
const keyed = en('You pressed the keys, thank you.');

const platform = useStack();
beforeAll(() =>
  platform().script({
    rules: [
      { match: { kind: 'chat', user: 'station road' }, reply: longAnswer.map(({ text }) => text).join(' ') },
      { match: { kind: 'chat', user: 'person' }, reply: person.answer.text },
      { match: { kind: 'chat', user: 'close tonight' }, reply: closing.answer.text },
      { match: { kind: 'chat', user: 'keypad' }, reply: keyed.text },
      { match: { kind: 'chat', user: 'not arrived' }, fault: { type: 'status', status: 500 } },
    ],
  }),
);

describe.concurrent('a caller of an agent', () => {
  test('is greeted first, as soon as the line is open, and then answered (R1.7)', async () => {
    await using phone = await answered('2001');
    await phone.talk(closing.asked);
    expect(await sentencesIn(phone.recording(), [orders, closing.answer])).toEqual([orders.text, closing.answer.text]);
  });

  test('stops a long answer by speaking, and what she says instead is answered (R1.7)', async () => {
    await using phone = await answered('2001');
    await phone.untilQuiet();
    await phone.untilSpokenTo(await phone.say(road.asked));
    await phone.untilQuiet(await phone.say(person.asked));
    const heard = await sentencesIn(phone.recording(), [orders, ...longAnswer, person.answer]);
    expect(heard.at(-1)).toBe(person.answer.text);
    expect(heard).not.toContain(longAnswer.at(-1)?.text);
    const { transcript } = await settled(phone);
    expect(transcript.filter(({ role }) => role === 'caller').map(({ text }) => text)).toEqual([
      road.asked.text,
      person.asked.text,
    ]);
  });

  test('may stay on a noisy line and then on hold: the call goes on and nothing of it is taken for words (R1.7)', async () => {
    await using phone = await answered('2002');
    await phone.untilQuiet();
    await phone.play(lineNoise(5));
    // On hold an exchange sends comfort silence. Less than the 20 s after which an agent asks whether somebody is there.
    await phone.play(new Int16Array(6 * telephoneRate));
    await phone.untilQuiet(await phone.say(closing.asked));
    const { transcript, endReason } = await settled(phone);
    expect(transcript.map(({ role }) => role)).toEqual(['agent', 'caller', 'agent']);
    expect(transcript[1]?.text).toBe(closing.asked.text);
    expect(endReason).toBe('caller_hung_up');
  });

  test('whose model is lost hears the apology and is let go, not left in silence (R4.2)', async () => {
    await using phone = await answered('2001');
    await phone.untilQuiet();
    await phone.say(help.asked);
    expect(await phone.ended()).toBe('called');
    expect((await sentencesIn(phone.recording(), [orders, apology])).at(-1)).toBe(apology.text);
    expect(await platform().records.of(phone.callId)).toMatchObject({ endReason: 'provider_failed' });
  });

  test('presses keys, and the agent gets them as one answer to what it asked (R1.7)', async () => {
    await using phone = await answered('2002');
    await phone.untilQuiet();
    for (const key of '42#') phone.call.press(key);
    await phone.untilQuiet(phone.call.sinceInviteMs());
    const asked = (await platform().journal()).filter(({ kind, user }) => kind === 'chat' && user?.includes('keypad'));
    expect(asked.map(({ user }) => user)).toEqual(['[keypad: 42#]']);
    expect((await sentencesIn(phone.recording(), [keyed])).at(-1)).toBe(keyed.text);
  });
});

async function answered(called: string): Promise<Telephone> {
  const phone = await Telephone.dial(platform().stack.sip, called, '+441632960130');
  expect(await phone.answer()).toBe(200);
  return phone;
}

/** Hangs up. @returns what is on record */
async function settled(phone: Telephone) {
  phone.call.hangUp();
  const record = await platform().records.of(phone.callId);
  if (record.outcome === 'refused') throw new Error(`refused: ${record.reason}`);
  return record;
}

/** White noise 45 dB below full scale and the hum of the mains: an old line, 25 dB below somebody who speaks. */
function lineNoise(seconds: number): Int16Array {
  let seed = 1;
  const white = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 30 - 1;
  };
  const hum = (i: number, hertz: number) => Math.sin((2 * Math.PI * hertz * i) / telephoneRate);
  return Int16Array.from(
    { length: seconds * telephoneRate },
    (_, i) => 320 * white() + 250 * hum(i, 50) + 120 * hum(i, 150),
  );
}
