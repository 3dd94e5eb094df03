/** Many callers of two businesses at the same moment, judged by the sound that each caller got. */
import { expect, onTestFinished, test } from 'vitest';
import { type Sentence, sentencesIn } from '../../dev/phone/hearing.ts';
import { Telephone } from '../../dev/phone/telephone.ts';
import type { Entry } from '../../dev/providers/journal.ts';
import { Rows } from '../../dev/stack/rows.ts';
import { useStack } from '../support/stack.ts';

/** One process for all calls: what keeps tenants apart must hold inside it. */
const platform = useStack({ shards: 1 });
const callersEach = 4;

interface Business {
  readonly tenant: string;
  readonly called: string;
  readonly greeting: Sentence;
  readonly question: Sentence;
  readonly answer: Sentence;
}

const pizza: Business = {
  tenant: 'harbor-pizza',
  called: '2001',
  greeting: { text: 'Harbor Pizza orders, what can I get in the oven for you?', language: 'en' },
  question: { text: 'What time do you close tonight?', language: 'en' },
  answer: { text: 'The oven stays hot until eleven.', language: 'en' },
};
const studio: Business = {
  tenant: 'studio-bianchi',
  called: '+390612345678',
  greeting: { text: "Studio Bianchi, buongiorno. Sono l'assistente telefonica, come posso aiutarla?", language: 'it' },
  question: { text: 'A che ora aprite domani?', language: 'it' },
  answer: { text: 'Lo studio apre alle nove di mattina.', language: 'it' },
};
const businesses = [pizza, studio];
const everySentence = businesses.flatMap(({ greeting, question, answer }) => [greeting, question, answer]);

test(`${callersEach} callers of each of two businesses at once hear their own business and nothing else (R1.6, R2.7)`, {
  timeout: 120_000,
}, async () => {
  const { stack, script, journal } = platform();
  const rows = new Rows(stack.database);
  await script({
    rules: businesses.map(({ tenant, answer }) => ({
      match: { kind: 'chat', key: `dev-openai-${tenant}` },
      reply: answer.text,
    })),
  });

  const callers = await Promise.all(
    businesses.flatMap((business) =>
      Array.from({ length: callersEach }, async (_, i) => {
        const phone = await Telephone.dial(stack.sip, business.called, `+44163296020${i}`);
        onTestFinished(() => phone[Symbol.asyncDispose]());
        return { business, phone };
      }),
    ),
  );
  const statuses = await Promise.all(callers.map(({ phone }) => phone.answer()));
  expect(statuses).toEqual(callers.map(() => 200));
  // All lines are open now, and none is closed before every caller was answered.
  await Promise.all(callers.map(({ phone, business }) => phone.talk(business.question)));
  expect(await rows.read('active_calls', { state: 'active' })).toHaveLength(callers.length);

  for (const { phone, business } of callers)
    expect(await sentencesIn(phone.recording(), everySentence)).toEqual([business.greeting.text, business.answer.text]);
  const seen = await journal();
  for (const business of businesses) expect(wordsWithKeyOf(business, seen)).toEqual(wordsOf(business));
  expect(seen.filter(({ key }) => !businesses.some(({ tenant }) => key.endsWith(tenant)))).toEqual([]);
});

/** What each provider was asked with this tenant's key: prompt, words to think about, words to speak, words understood. */
function wordsWithKeyOf({ tenant }: Business, journal: readonly Entry[]) {
  const mine = journal.filter(({ key }) => key.endsWith(tenant));
  const distinct = (kind: Entry['kind'], word: (entry: Entry) => string | undefined) =>
    [...new Set(mine.filter((entry) => entry.kind === kind).map(word))].filter((text) => text !== undefined);
  return {
    prompts: distinct('chat', ({ system }) => /Harbor Pizza|Studio Bianchi/.exec(system ?? '')?.[0]),
    asked: distinct('chat', ({ user }) => user),
    // A text may be asked for sentence by sentence, over connections that overtake each other.
    spoken: sentences(distinct('speech', ({ user }) => user).join(' ')),
    // Empty is a click of a busy machine: sound in which no words were found.
    understood: distinct('listen', ({ recognised }) => recognised || undefined),
  };
}

function wordsOf({ tenant, greeting, question, answer }: Business) {
  return {
    prompts: [tenant === 'harbor-pizza' ? 'Harbor Pizza' : 'Studio Bianchi'],
    asked: [question.text],
    spoken: sentences(`${greeting.text} ${answer.text}`),
    understood: [question.text],
  };
}

const sentences = (text: string) => text.split(/(?<=[.?!]) /).sort();
