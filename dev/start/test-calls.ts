/** The calls that `npm start` places into the seeded world, and what each must come to. */
import type { EndReason, RefusalReason } from '../../shared/reasons.ts';

export interface TestCall {
  readonly called: string;
  readonly caller: string;
  readonly expected: ExpectedAnswer | ExpectedRefusal;
}

export interface ExpectedAnswer {
  readonly outcome: 'answered';
  readonly tenant: string;
  /** Label of the number whose agent must answer. */
  readonly agent: string;
  /** Words of that agent's own greeting, which no other agent of the seed says. */
  readonly greeting: string;
  readonly endReason: EndReason;
  /** Whom the exchange is asked to put the caller through to. */
  readonly transferredTo?: string;
  /** What the caller says once greeted. */
  readonly says: { readonly language: 'en' | 'it'; readonly text: string };
}

export interface ExpectedRefusal {
  readonly outcome: 'refused';
  readonly reason: RefusalReason;
}

export const testCalls: readonly TestCall[] = [
  {
    called: '2001',
    caller: '+441632960101',
    expected: {
      outcome: 'answered',
      tenant: 'harbor-pizza',
      agent: 'orders',
      greeting: 'what can I get in the oven for you',
      endReason: 'caller_hung_up',
      says: { language: 'en', text: 'I would like to order a large margherita pizza.' },
    },
  },
  {
    called: '2002',
    caller: '+441632960102',
    expected: {
      outcome: 'answered',
      tenant: 'harbor-pizza',
      agent: 'support',
      greeting: 'I am sorry if something went wrong',
      endReason: 'caller_hung_up',
      says: { language: 'en', text: 'My order has not arrived, can you help me?' },
    },
  },
  {
    called: '2002',
    caller: '+441632960105',
    expected: {
      outcome: 'answered',
      tenant: 'harbor-pizza',
      agent: 'support',
      greeting: 'I am sorry if something went wrong',
      endReason: 'transferred',
      transferredTo: 'tel:2050',
      says: { language: 'en', text: 'Can I speak to a person, please?' },
    },
  },
  {
    called: '+390612345678',
    caller: '+393331234567',
    expected: {
      outcome: 'answered',
      tenant: 'studio-bianchi',
      agent: 'reception',
      greeting: "Sono l'assistente telefonica",
      endReason: 'caller_hung_up',
      says: { language: 'it', text: 'Buongiorno, vorrei prendere un appuntamento.' },
    },
  },
  { called: '2009', caller: '+441632960103', expected: { outcome: 'refused', reason: 'number_inactive' } },
  { called: '2999', caller: '+441632960104', expected: { outcome: 'refused', reason: 'unknown_number' } },
];
