import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { tenantKeySchema } from '../../../shared/ids.ts';
import { openProviderKey, parseKeyRing, platformOwner, sealProviderKey } from '../../../shared/provider-keys.ts';

const [first, second] = [randomSecret(), randomSecret()];
const ring = parseKeyRing(first);
const harbor = { tenant: tenantKeySchema.parse('harbor-pizza'), provider: 'openai' };

test('a tenant gets its own key back and the stored text does not show it (R7.3)', () => {
  const sealed = sealProviderKey(ring, harbor, 'sk-harbor');
  expect(Buffer.from(sealed.ciphertext, 'base64').toString('latin1')).not.toContain('sk-harbor');
  expect(openProviderKey(ring, harbor, sealed)).toBe('sk-harbor');
});

test('the same key is never stored as the same text twice (R7.3)', () => {
  expect(sealProviderKey(ring, harbor, 'sk').ciphertext).not.toBe(sealProviderKey(ring, harbor, 'sk').ciphertext);
});

test("a key copied into another tenant's row, or to another provider, does not open (R2.7)", () => {
  const sealed = sealProviderKey(ring, harbor, 'sk-harbor');
  const stranger = { ...harbor, tenant: tenantKeySchema.parse('studio-bianchi') };
  expect(() => openProviderKey(ring, stranger, sealed)).toThrow('the openai key of studio-bianchi does not open');
  expect(() => openProviderKey(ring, { ...harbor, provider: 'deepgram' }, sealed)).toThrow('does not open');
  const owner = { tenant: platformOwner, provider: 'openai' } as const;
  expect(() => openProviderKey(ring, owner, sealed)).toThrow('the openai key of the platform does not open');
});

test('a changed secret or a damaged text is said in a sentence, without the key (R7.3)', () => {
  const sealed = sealProviderKey(ring, harbor, 'sk-harbor');
  const other = parseKeyRing(second);
  expect(() => openProviderKey(other, harbor, sealed)).toThrow('was PROVIDER_KEYS_SECRET changed?');
  for (const ciphertext of [sealed.ciphertext.slice(0, 30), ''])
    expect(() => openProviderKey(ring, harbor, { ...sealed, ciphertext })).toThrow('does not open');
});

test('while a secret is changed both open, and only the new one seals (R2.7)', () => {
  const old = sealProviderKey(ring, harbor, 'sk-harbor');
  const both = parseKeyRing(`k2:${second}, k1:${first}`);
  expect(openProviderKey(both, harbor, old)).toBe('sk-harbor');
  const resealed = sealProviderKey(both, harbor, 'sk-harbor');
  expect(resealed.keyId).toBe('k2');

  const after = parseKeyRing(`k2:${second}`);
  expect(openProviderKey(after, harbor, resealed)).toBe('sk-harbor');
  expect(() => openProviderKey(after, harbor, old)).toThrow(
    'sealed under k1, which PROVIDER_KEYS_SECRET does not have',
  );
});

test.each(['', 'hunter2', first.slice(1), `k2:${first},`, `K 2:${first}`, `${first},${second}`])(
  'a secret of another form is refused without showing it (R7.3)',
  (text) => {
    expect(() => parseKeyRing(text)).toThrow(/^(wanted: 64 hexadecimal digits|the key id k1 is there twice)/);
  },
);

function randomSecret(): string {
  return randomBytes(32).toString('hex');
}
