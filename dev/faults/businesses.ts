/** The two seeded businesses as callers know them, and a third one whose calls a fault may ruin while theirs go on. */

import { tenantKeySchema } from '../../shared/ids.ts';
import { parseKeyRing, sealProviderKey } from '../../shared/provider-keys.ts';
import type { Sentence } from '../phone/hearing.ts';
import type { Rows } from '../stack/rows.ts';

export interface Business {
  readonly tenant: string;
  readonly called: string;
  readonly greeting: Sentence;
  readonly question: Sentence;
  readonly answer: Sentence;
}

export const pizza: Business = {
  tenant: 'harbor-pizza',
  called: '2001',
  greeting: { text: 'Harbor Pizza orders, what can I get in the oven for you?', language: 'en' },
  question: { text: 'What time do you close tonight?', language: 'en' },
  answer: { text: 'The oven stays hot until eleven.', language: 'en' },
};
export const studio: Business = {
  tenant: 'studio-bianchi',
  called: '+390612345678',
  greeting: { text: "Studio Bianchi, buongiorno. Sono l'assistente telefonica, come posso aiutarla?", language: 'it' },
  question: { text: 'A che ora aprite domani?', language: 'it' },
  answer: { text: 'Lo studio apre alle nove di mattina.', language: 'it' },
};
/** Its pool is its own: what a fault does to its workers nobody else notices. */
export const cafe: Business = {
  tenant: 'corner-cafe',
  called: '2301',
  greeting: { text: 'Corner Cafe, what may I bring you?', language: 'en' },
  question: { text: 'Do you deliver to Station Road?', language: 'en' },
  answer: { text: 'We are five minutes from the station.', language: 'en' },
};
export const businesses = [pizza, studio, cafe];
/** Pool of the cafe. */
export const cafePool = 'cafe';
/** Another one, in which nobody ever works. */
export const emptyPool = 'empty';

const id = (last: number) => `0c000000-0000-4000-8000-${String(last).padStart(12, '0')}`;
const keys = ['openai', 'deepgram'];

/** Opens the cafe in the pool named `cafe`; its calls are rung through at most for as many callers as a fault needs. */
export async function openCafe(rows: Rows, providerKeysSecret: string): Promise<void> {
  for (const name of [cafePool, emptyPool]) await rows.add('pools', { name });
  await rows.add('organizations', {
    id: id(1),
    slug: cafe.tenant,
    name: 'Corner Cafe',
    timezone: 'Europe/London',
    pool: cafePool,
    max_concurrent_calls: 20,
    max_calls_per_second: 20,
    config: { business: { name: 'Corner Cafe', timezone: 'Europe/London' }, language: 'en' },
  });
  await rows.add('agent_instances', {
    id: id(2),
    organization_id: id(1),
    name: 'Counter',
    is_default: true,
    config: { greeting: { text: cafe.greeting.text }, instructions: 'You answer the phone of Corner Cafe.' },
  });
  await rows.add('sip_numbers', {
    id: id(3),
    phone_number: cafe.called,
    organization_id: id(1),
    label: 'counter',
    max_concurrent_calls: 10,
  });
  const ring = parseKeyRing(providerKeysSecret);
  for (const provider of keys) {
    const key = devKey(provider, cafe);
    const sealed = sealProviderKey(ring, { tenant: tenantKeySchema.parse(cafe.tenant), provider }, key);
    await rows.add('provider_keys', {
      organization_id: id(1),
      provider,
      key_id: sealed.keyId,
      ciphertext: sealed.ciphertext,
      last_four: key.slice(-4),
    });
  }
}

/** Moves the cafe to another pool: its next calls go there. */
export async function moveCafe(rows: Rows, pool: string): Promise<void> {
  await rows.change('organizations', { slug: cafe.tenant }, { pool });
}

/** The key that the provider stand-ins see. */
export function devKey(provider: string, { tenant }: Pick<Business, 'tenant'>): string {
  return `dev-${provider}-${tenant}`;
}
