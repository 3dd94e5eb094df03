/** Two businesses that use everything an agent can do, each with words of its own that must never reach the other. */

import type { Sentence } from '../../dev/phone/hearing.ts';
import type { ScriptInput } from '../../dev/providers/script.ts';

/** One thing a caller asks, what the agent does about it, and what it then says. */
export interface Exchange {
  readonly ask: Sentence;
  readonly tool?: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>> };
  readonly answer: Sentence;
}

export interface Business {
  readonly tenant: string;
  readonly called: string;
  readonly greeting: Sentence;
  readonly exchanges: readonly Exchange[];
  readonly keyed: Sentence;
  readonly farewell: Exchange;
  /** Asks for a person and is put through after the phrase. */
  readonly transfer: {
    readonly ask: Sentence;
    readonly label: string;
    readonly handoff: string;
    /** What the caller hears: handoff and label together. */
    readonly phrase: Sentence;
    readonly uri: string;
  };
  /** What its backend says to anybody who asks. */
  readonly backendSays: Readonly<Record<string, string>>;
  /** Matches every text that is this business's. */
  readonly marks: RegExp;
}

const en = (text: string): Sentence => ({ text, language: 'en' });
const it = (text: string): Sentence => ({ text, language: 'it' });

export const pizza: Business = {
  tenant: 'harbor-pizza',
  called: '2001',
  greeting: en('Harbor Pizza orders, what can I get in the oven for you?'),
  exchanges: [
    {
      ask: en('Do you deliver to Station Road?'),
      tool: { name: 'find_record', arguments: { record_id: 'anchovy-17' } },
      answer: en('Your anchovy pizza is on its way to you.'),
    },
    {
      ask: en('My order has not arrived, can you help me?'),
      tool: { name: 'create_ticket', arguments: { subject: 'anchovy is late', body: 'The anchovy pizza is late.' } },
      answer: en('I wrote that down for the drivers of the harbour.'),
    },
    {
      ask: en('What time do you close tonight?'),
      tool: { name: 'business_hours', arguments: {} },
      answer: en('The oven stays hot until eleven.'),
    },
  ],
  keyed: en('Thank you for the number of your anchovy order.'),
  farewell: {
    ask: en('Thank you, goodbye.'),
    tool: { name: 'end_call', arguments: {} },
    answer: en('Goodbye from everybody at the harbour.'),
  },
  transfer: {
    ask: en('Can I speak to a person, please?'),
    label: 'the keeper of the anchovies',
    handoff: 'I am putting you through to {{label}}.',
    phrase: en('I am putting you through to the keeper of the anchovies.'),
    uri: 'tel:2050',
  },
  backendSays: { record: 'anchovy-17', state: 'the anchovies are in the oven' },
  marks: /anchov|harbor|harbour|oven|station road|pizza/i,
};

export const studio: Business = {
  tenant: 'studio-bianchi',
  called: '+390612345678',
  greeting: it("Studio Bianchi, buongiorno. Sono l'assistente telefonica, come posso aiutarla?"),
  exchanges: [
    {
      ask: it('Vorrei spostare il mio appuntamento a lunedì.'),
      tool: { name: 'find_record', arguments: { record_id: 'notaio-42' } },
      answer: it('La pratica del notaio è pronta da ieri.'),
    },
    {
      ask: it('Buongiorno, vorrei prendere un appuntamento.'),
      tool: { name: 'take_message', arguments: { for: 'il notaio', message: 'Un appuntamento con il notaio.' } },
      answer: it('Ho lasciato il messaggio sulla scrivania del notaio.'),
    },
    {
      ask: it('A che ora aprite domani?'),
      tool: { name: 'business_hours', arguments: {} },
      answer: it('Lo studio apre alle nove di mattina.'),
    },
  ],
  keyed: it('Ho preso nota del numero della pratica.'),
  farewell: {
    ask: it('Grazie, arrivederci.'),
    tool: { name: 'end_call', arguments: {} },
    answer: it('Arrivederci da tutti noi dello studio.'),
  },
  transfer: {
    ask: it('Posso parlare con una persona?'),
    label: 'la segreteria del notaio',
    handoff: 'La metto in contatto con {{label}}.',
    phrase: it('La metto in contatto con la segreteria del notaio.'),
    uri: 'tel:3050',
  },
  backendSays: { record: 'notaio-42', state: 'la pratica del notaio è sul tavolo' },
  marks: /notaio|bianchi|studio|pratica|segreteria|scrivania/i,
};

export const businesses = [pizza, studio] as const;

/** What an organisation's agent is told, over what the seed says. */
export function agentConfig(business: Business, backendUrl: string) {
  const { label, handoff, uri } = business.transfer;
  return {
    llm: { model: 'gpt-4.1', fallbacks: [{ provider: 'openai', model: 'gpt-4o-mini' }] },
    tools: {
      ticket: { enabled: true },
      message: { enabled: true },
      business_hours: { enabled: true },
      transfer: { enabled: true, confirm: false, handoff, destinations: [{ id: 'person', label, uri }] },
      actions: [
        {
          name: 'find_record',
          description: 'Finds a record.',
          method: 'GET',
          path: '/records/{record_id}',
          parameters: { type: 'object', properties: { record_id: { type: 'string' } }, required: ['record_id'] },
        },
      ],
    },
    backend: { url: backendUrl, secret_headers: { 'X-Api-Key': 'backend' } },
    limits: { tickets: 50 },
  };
}

/** What the model of a business says and does. Its first answer to the first question fails, and the second model takes over. */
export function modelScript(): ScriptInput {
  return {
    rules: businesses.flatMap((business) => {
      const match = { kind: 'chat' as const, key: `dev-openai-${business.tenant}` };
      const asked = ({ ask }: { ask: Sentence }) => ask.text.replace(/[?.]/g, '.');
      const exchanges = [...business.exchanges, business.farewell].flatMap((exchange) => [
        { match: { ...match, user: asked(exchange), after: 'tool' as const }, reply: exchange.answer.text },
        { match: { ...match, user: asked(exchange) }, ...(exchange.tool && { toolCall: exchange.tool }) },
      ]);
      const [first] = business.exchanges;
      const failure = { type: 'status' as const, status: 500 as const };
      return [
        { match: { ...match, user: first && asked(first), after: 'user' as const }, times: 1, fault: failure },
        ...exchanges,
        { match: { ...match, user: 'keypad' }, reply: business.keyed.text },
        {
          match: { ...match, user: asked(business.transfer) },
          toolCall: { name: 'transfer_call', arguments: { destination: 'person' } },
        },
      ];
    }),
  };
}
