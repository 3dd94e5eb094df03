import { describe, expect, test } from 'vitest';
import { openGate } from '../../../agent/gate.ts';
import type { CallIdentity } from '../../../agent/identify.ts';
import { numberRowSchema } from '../../../shared/contracts.ts';
import { numberIdSchema, roomNameSchema, sessionIdSchema, tenantKeySchema } from '../../../shared/ids.ts';
import { parseKeyRing, sealProviderKey } from '../../../shared/provider-keys.ts';

const keyRing = parseKeyRing('07'.repeat(32));
const tenant = tenantKeySchema.parse('harbor-pizza');
const identity: CallIdentity = {
  tenant,
  session: sessionIdSchema.parse('00000000-0000-4000-8000-000000000001'),
  number: numberIdSchema.parse('00000000-0000-4000-8000-000000000002'),
  calledNumber: '2001',
  room: roomNameSchema.parse('call_2001_x'),
};
const instance = {
  business: { name: 'Harbor Pizza' },
  greeting: { text: 'Hello.' },
  instructions: 'Answer the phone.',
};
const key = (provider: string, owner = tenant) => ({
  provider,
  key_id: keyRing.newest.keyId,
  owner: 'organization' as const,
  ciphertext: sealProviderKey(keyRing, { tenant: owner, provider }, `key of ${owner} for ${provider}`).ciphertext,
});

function lookup(changes: Record<string, unknown> = {}) {
  const row = numberRowSchema.parse({
    number_id: identity.number,
    organization_id: '00000000-0000-4000-8000-000000000003',
    tenant,
    organization_name: 'Harbor Pizza',
    phone_number: '2001',
    label: 'orders',
    active: true,
    organization_active: true,
    platform_config: {},
    organization_config: {},
    instance_config: instance,
    config_override: {},
    config_revision: 1,
    changed_revision: 1,
    provider_keys: [key('openai'), key('deepgram')],
    ...changes,
  });
  return { outcome: 'found', row } as const;
}

describe('the gate before the answer', () => {
  test('a usable configuration opens it, with this organisation’s keys and no others (R2.7)', () => {
    const gate = openGate(identity, lookup(), keyRing);
    expect(gate).toMatchObject({ outcome: 'open', config: { business: { name: 'Harbor Pizza' } } });
    expect(gate.outcome === 'open' && Object.fromEntries(gate.keys)).toEqual({
      openai: 'key of harbor-pizza for openai',
      deepgram: 'key of harbor-pizza for deepgram',
    });
  });

  test.each([
    ['tenant_mismatch', { tenant: 'studio-bianchi' }],
    ['tenant_mismatch', { number_id: '00000000-0000-4000-8000-000000000009' }],
    ['number_inactive', { active: false }],
    ['organization_inactive', { organization_active: false }],
    ['config_missing', { instance_config: null }],
    ['config_invalid', { config_override: { greeting: { text: '' } } }],
    ['config_invalid', { config_override: { stt: { provider: 'nobody' } } }],
    ['config_invalid', { config_override: { llm: { provider: 'deepgram' } } }],
    ['config_invalid', { config_override: { tts: { options: { speed: 'fast' } } } }],
    ['provider_key_missing', { provider_keys: [key('openai')] }],
    ['agent_failed', { provider_keys: [key('openai'), key('deepgram', tenantKeySchema.parse('studio-bianchi'))] }],
  ])('%s refuses the call (R2.2, R2.7)', (reason, changes) => {
    expect(openGate(identity, lookup(changes), keyRing)).toMatchObject({ outcome: 'refused', reason });
  });

  test('a database that is away is told apart from a number that is nobody’s (R1.5)', () => {
    const away = openGate(identity, { outcome: 'away', cause: new Error('no answer') }, keyRing);
    expect(away).toMatchObject({ outcome: 'refused', reason: 'database_away' });
    expect(openGate(identity, { outcome: 'nobody' }, keyRing)).toMatchObject({ reason: 'unknown_number' });
  });

  test('an unknown provider is answered with the ones there are (R2.2)', () => {
    const gate = openGate(identity, lookup({ config_override: { stt: { provider: 'nobody' } } }), keyRing);
    expect(gate).toMatchObject({
      problems: [
        {
          path: 'stt.provider',
          message: expect.stringMatching(/^no provider is called nobody; these offer stt: .*deepgram/),
        },
      ],
    });
  });
});
