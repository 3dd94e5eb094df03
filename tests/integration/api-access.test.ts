/** People, keys, tickets and breakers over the API. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openProviderKey, parseKeyRing } from '../../shared/provider-keys.ts';
import { ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let admin: Client;
let owner: Client;
let editor: Client;
let viewer: Client;
let harbor: string;
beforeAll(async () => {
  world = await ApiWorld.start();
  [admin, owner, editor, viewer] = await Promise.all([
    world.signIn('admin'),
    world.signIn('harborOwner'),
    world.signIn('harborEditor'),
    world.signIn('harborViewer'),
  ]);
  const [organization] = await world.rows('organizations', { slug: 'eq.harbor-pizza' });
  harbor = z.uuid().parse(organization?.['id']);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const membersSchema = z.object({
  members: z.array(z.object({ id: z.uuid(), email: z.string(), role: z.string() })),
  invitations: z.array(z.object({ id: z.uuid(), email: z.string() })),
});
const people = async (client: Client) =>
  membersSchema.parse((await client.get(`/organizations/${harbor}/members`)).body);

describe('the people of a business', () => {
  test('see each other, and only owners see who is invited (R5.5)', async () => {
    await owner.post(`/organizations/${harbor}/members`, { email: 'new@harbor-pizza.test', role: 'viewer' });
    expect((await people(viewer)).members.map(({ email, role }) => [email, role])).toEqual([
      ['ada@harbor-pizza.test', 'owner'],
      ['eva@harbor-pizza.test', 'editor'],
      ['vito@harbor-pizza.test', 'viewer'],
    ]);
    expect((await people(viewer)).invitations).toEqual([]);
    expect((await people(owner)).invitations).toMatchObject([{ email: 'new@harbor-pizza.test' }]);
    const stranger = await world.signIn('bianchiOwner');
    expect(await stranger.get(`/organizations/${harbor}/members`)).toMatchObject({ status: 403 });
  });

  test('grow by whoever signs in with an address that was invited, and by nobody else (R5.5, R7.1)', async () => {
    await owner.post(`/organizations/${harbor}/members`, { email: 'Gina@Harbor-Pizza.test', role: 'editor' });
    const other = await world.signUp('somebody@else.test');
    expect(await other.post('/me/invitations/accept')).toMatchObject({ body: { joined: 0 } });
    const gina = await world.signUp('gina@harbor-pizza.test');
    expect(itemsOf(await gina.get('/numbers'))).toEqual([]);
    expect(await gina.post('/me/invitations/accept')).toMatchObject({ body: { joined: 1 } });
    expect(await gina.get('/me')).toMatchObject({
      body: { organizations: [{ slug: 'harbor-pizza', role: 'editor' }] },
    });
    expect(itemsOf(await gina.get('/numbers'))).toHaveLength(3);
  });

  test('are invited and removed by owners alone (R7.1)', async () => {
    const invitation = { email: 'x@x.test', role: 'owner' };
    expect(await editor.post(`/organizations/${harbor}/members`, invitation)).toMatchObject({ status: 403 });
    const [first] = (await people(owner)).members;
    expect(await editor.delete(`/organizations/${harbor}/members/${first?.id}`)).toMatchObject({ status: 403 });
  });

  test('keep an owner: the last one neither leaves nor steps down (R7.1)', async () => {
    const ada = (await people(owner)).members.find(({ email }) => email.startsWith('ada@'));
    const path = `/organizations/${harbor}/members/${ada?.id}`;
    expect(await owner.patch(path, { role: 'viewer' })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('needs an owner') },
    });
    expect(await owner.delete(path)).toMatchObject({ status: 409 });
    expect(await owner.get('/me')).toMatchObject({ body: { organizations: [{ role: 'owner' }] } });
  });
});

describe('a provider key', () => {
  const keys = async (client: Client) => fieldOf(await client.get(`/provider-keys?organization=${harbor}`), 'keys');

  test('is written by an owner, opens for calls of that business, and is shown to nobody (R7.3)', async () => {
    const secret = 'sk-test-0123456789-WXYZ';
    const stored = await owner.put('/provider-keys', { organization: harbor, provider: 'openai', key: secret });
    expect(stored).toMatchObject({ status: 200, body: { lastFour: 'WXYZ' } });
    expect(JSON.stringify(await keys(owner))).not.toContain('0123456789');
    expect(await keys(owner)).toEqual(
      expect.arrayContaining([expect.objectContaining({ provider: 'openai', lastFour: 'WXYZ' })]),
    );
    const [row] = await world.rows('provider_keys', { id: `eq.${fieldOf(stored, 'id')}` });
    const { key_id: keyId, ciphertext } = z.object({ key_id: z.string(), ciphertext: z.string() }).parse(row);
    const opened = openProviderKey(
      parseKeyRing('ab'.repeat(32)),
      { tenant: 'harbor-pizza' as never, provider: 'openai' },
      { keyId, ciphertext },
    );
    expect(opened).toBe(secret);
    expect(JSON.stringify((await owner.get('/audit?action=provider_key')).body)).not.toContain(ciphertext);
  });

  test('is neither seen nor written by an editor, and that of the platform by its owner alone (R7.1)', async () => {
    expect(await keys(editor)).toEqual([]);
    const key = { organization: harbor, provider: 'openai', key: 'x' };
    expect(await editor.put('/provider-keys', key)).toMatchObject({ status: 403 });
    expect(await owner.put('/provider-keys', { ...key, organization: null })).toMatchObject({ status: 403 });
    expect(await admin.put('/provider-keys', { ...key, organization: null })).toMatchObject({ status: 200 });
  });

  test('is removed (R5.5)', async () => {
    const stored = await owner.put('/provider-keys', { organization: harbor, provider: 'soniox', key: 'abc' });
    expect(await editor.delete(`/provider-keys/${fieldOf(stored, 'id')}`)).toMatchObject({ status: 403 });
    expect(await owner.delete(`/provider-keys/${fieldOf(stored, 'id')}`)).toMatchObject({ status: 204 });
    expect(JSON.stringify(await keys(owner))).not.toContain('soniox');
  });
});

test('a ticket is opened by hand, closed and opened again (R4.5)', async () => {
  const opened = await editor.post('/tickets', { organization: harbor, title: 'Ring the miller', priority: 'high' });
  expect(opened).toMatchObject({ status: 201, body: { status: 'open', priority: 'high', kind: 'ticket' } });
  const path = `/tickets/${fieldOf(opened, 'id')}`;
  expect(await viewer.patch(path, { status: 'closed' })).toMatchObject({ status: 403 });
  expect(await editor.patch(path, { status: 'closed' })).toMatchObject({
    body: { status: 'closed', closedAt: expect.any(String) },
  });
  expect(itemsOf(await viewer.get('/tickets?status=closed&search=miller'))).toHaveLength(1);
  expect(await editor.patch(path, { status: 'open' })).toMatchObject({ body: { status: 'open', closedAt: null } });
});

test('an open breaker is seen with its reason and reset by an editor, which is written down (R3.6, R5.5)', async () => {
  await world.add('breakers', {
    organization_id: harbor,
    provider: 'openai',
    state: 'open',
    open_until: '2100-01-01T00:00:00Z',
    last_reason: 'bad_key',
  });
  const seen = async () => fieldOf(await viewer.get('/breakers'), 'breakers');
  expect(await seen()).toMatchObject([{ provider: 'openai', state: 'open', lastReason: 'bad_key' }]);
  expect(await viewer.post('/breakers/reset', { organization: harbor })).toMatchObject({ status: 403 });
  expect(await editor.post('/breakers/reset', { organization: harbor })).toMatchObject({ body: { reset: 1 } });
  expect(await seen()).toMatchObject([{ state: 'closed' }]);
  expect(itemsOf(await owner.get('/audit?action=breaker.'))).toMatchObject([{ who: 'eva@harbor-pizza.test' }]);
});

test('workers and pools are for the owner of the platform (R6.1, R7.1)', async () => {
  expect(await admin.get('/workers')).toMatchObject({
    body: { workers: [{ name: 'standing' }], pools: [{ name: 'switchboard' }] },
  });
  expect((await owner.get('/workers')).body).toEqual({ workers: [], pools: [] });
});
