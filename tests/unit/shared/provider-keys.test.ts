import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { tenantKeySchema } from '../../../shared/ids.ts';
import { openProviderKey, sealProviderKey } from '../../../shared/provider-keys.ts';

const secret = randomBytes(32);
const harbor = { tenant: tenantKeySchema.parse('harbor-pizza'), provider: 'openai' };

test('a tenant gets its own key back and the stored text does not show it (R7.3)', () => {
  const sealed = sealProviderKey(secret, harbor, 'sk-harbor');
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('sk-harbor');
  expect(openProviderKey(secret, harbor, sealed)).toBe('sk-harbor');
});

test('the same key is never stored as the same text twice (R7.3)', () => {
  expect(sealProviderKey(secret, harbor, 'sk')).not.toBe(sealProviderKey(secret, harbor, 'sk'));
});

test("a key copied into another tenant's row, or to another provider, does not open (R2.7)", () => {
  const sealed = sealProviderKey(secret, harbor, 'sk-harbor');
  const stranger = { ...harbor, tenant: tenantKeySchema.parse('studio-bianchi') };
  expect(() => openProviderKey(secret, stranger, sealed)).toThrow('the openai key of studio-bianchi does not open');
  expect(() => openProviderKey(secret, { ...harbor, provider: 'deepgram' }, sealed)).toThrow('does not open');
});

test('a changed secret or a damaged text is said in a sentence, without the key (R7.3)', () => {
  const sealed = sealProviderKey(secret, harbor, 'sk-harbor');
  expect(() => openProviderKey(randomBytes(32), harbor, sealed)).toThrow('was PROVIDER_KEYS_SECRET changed?');
  expect(() => openProviderKey(secret, harbor, sealed.slice(0, 30))).toThrow('does not open');
  expect(() => openProviderKey(secret, harbor, '')).toThrow('does not open');
});
