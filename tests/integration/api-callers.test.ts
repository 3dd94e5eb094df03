/** Who is let into the API, how far, how often, and what they are told when they are not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scopes } from '../../dispatch/api/caller.ts';
import { mostAMinute } from '../../dispatch/api/rate-limit.ts';
import { ApiWorld, type Client, fieldOf, itemsOf, type Person } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function organizationId(slug: string): Promise<string> {
  const [row] = await world.rows('organizations', { slug: `eq.${slug}` });
  return z.uuid().parse(row?.['id']);
}

/** A key of Harbor Pizza, as its owner makes one. */
async function makeKey(wanted: object = {}): Promise<{ key: string; id: string; client: Client }> {
  const owner = await world.signIn('harborOwner');
  const organization = await organizationId('harbor-pizza');
  const made = await owner.post('/api-keys', { organization, name: 'till', scopes: ['numbers:read'], ...wanted });
  expect(made).toMatchObject({ status: 201 });
  const { key, id } = z.object({ key: z.string(), id: z.uuid() }).parse(made.body);
  return { key, id, client: world.client(key) };
}

describe('somebody who is not known', () => {
  test.each([
    ['no token', null],
    ['a word', 'nonsense'],
    ['an API key that nobody made', `swb_${'x'.repeat(40)}`],
    ['a token that another project signed', `${btoa('{"alg":"HS256"}')}.${btoa('{"role":"service_role"}')}.c2ln`],
  ])('comes with %s and is told to sign in (R5.5, R7.1)', async (_what, token) => {
    const answer = await world.client(token).get('/numbers');
    expect(answer).toMatchObject({ status: 401, body: { reason: 'not_signed_in', status: 401 } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('who has signed up and belongs nowhere sees nothing of anybody (R7.1)', async () => {
    const stranger = await world.signUp('stranger@nowhere.test');
    expect(fieldOf(await stranger.get('/me'), 'organizations')).toEqual([]);
    for (const path of ['/numbers', '/calls', '/tickets', '/refusals', '/organizations', '/agents', '/audit'])
      expect(itemsOf(await stranger.get(path)), path).toEqual([]);
  });
});

test.each([
  ['harborViewer', 'viewer'],
  ['harborEditor', 'editor'],
  ['harborOwner', 'owner'],
] as const)('%s learns who they are and that they may what a %s may (R5.5)', async (person: Person, role) => {
  const me = await (await world.signIn(person)).get('/me');
  expect(me).toMatchObject({
    status: 200,
    body: { kind: 'person', isPlatformAdmin: false, organizations: [{ slug: 'harbor-pizza', role }] },
  });
});

describe('a program with an API key', () => {
  test('does what its scopes name for its own business, and nothing else (R5.5, R7.1)', async () => {
    const { client } = await makeKey({ scopes: ['numbers:read', 'tickets:read'] });
    const numbers = itemsOf(await client.get('/numbers'));
    expect(numbers.map(({ phoneNumber }) => phoneNumber)).toEqual(['2001', '2002', '2009']);
    expect(itemsOf(await client.get('/tickets'))).toEqual([]);
    for (const path of ['/calls', '/audit', '/agents', '/provider-keys'])
      expect(await client.get(path), path).toMatchObject({ status: 403, body: { reason: 'forbidden' } });
    const change = await client.patch(`/numbers/${numbers[0]?.['id']}`, { label: 'x' });
    expect(change).toMatchObject({ status: 403, body: { detail: expect.stringContaining('numbers:write') } });
  });

  test('changes a number under its own name in the audit log (R5.5)', async () => {
    const { client } = await makeKey({ name: 'night shift', scopes: ['numbers:read', 'numbers:write'] });
    const [number] = itemsOf(await client.get('/numbers?search=support'));
    expect(await client.patch(`/numbers/${number?.['id']}`, { label: 'support at night' })).toMatchObject({
      status: 200,
    });
    const owner = await world.signIn('harborOwner');
    const [entry] = itemsOf(await owner.get(`/audit?target=${number?.['id']}`));
    expect(entry).toMatchObject({
      who: 'API key night shift',
      action: 'number.changed',
      before: { label: 'support' },
      after: { label: 'support at night' },
    });
    await client.patch(`/numbers/${number?.['id']}`, { label: 'support' });
  });

  test('is nobody from the moment the key is taken back (R5.5, R7.1)', async () => {
    const { client, id } = await makeKey();
    expect(await client.get('/numbers')).toMatchObject({ status: 200 });
    expect(await (await world.signIn('harborOwner')).delete(`/api-keys/${id}`)).toMatchObject({ status: 204 });
    expect(itemsOf(await client.get('/numbers'))).toEqual([]);
  });

  test('is nobody once the key has expired (R5.5, R7.1)', async () => {
    const { client } = await makeKey({ expiresAt: '2020-01-01T00:00:00Z' });
    expect(await client.get('/numbers')).toMatchObject({ status: 401 });
  });

  test('makes no further keys, not with every scope there is (R7.1)', async () => {
    const { client } = await makeKey({ scopes: [...scopes] });
    const organization = await organizationId('harbor-pizza');
    const more = { organization, name: 'more', scopes: ['numbers:read'] };
    expect(await client.post('/api-keys', more)).toMatchObject({ status: 403 });
  });

  test('sees only its own business with every scope there is (R7.1)', async () => {
    const { client } = await makeKey({ scopes: [...scopes] });
    const slugs = itemsOf(await client.get('/organizations')).map(({ slug }) => slug);
    expect(slugs).toEqual(['harbor-pizza']);
    expect(await client.post('/organizations', { slug: 'mine' })).toMatchObject({ status: 403 });
    expect(await client.get('/workers')).toMatchObject({ body: { workers: [], pools: [] } });
  });

  test('of the platform sees every business (R5.5)', async () => {
    const admin = await world.signIn('admin');
    const made = await admin.post('/api-keys', { organization: null, name: 'console', scopes: ['organizations:read'] });
    const { key } = z.object({ key: z.string() }).parse(made.body);
    const slugs = itemsOf(await world.client(key).get('/organizations')).map(({ slug }) => slug);
    expect(slugs).toEqual(['harbor-pizza', 'studio-bianchi']);
  });

  test('never comes back from the database: it is shown once, and not kept (R7.3)', async () => {
    const { key, id } = await makeKey();
    const [row] = await world.rows('api_keys', { id: `eq.${id}` });
    expect(JSON.stringify(row)).not.toContain(key);
    const owner = await world.signIn('harborOwner');
    expect(JSON.stringify((await owner.get('/api-keys')).body)).not.toContain(key);
    expect(JSON.stringify((await owner.get('/audit')).body)).not.toContain(String(row?.['hash']));
  });
});

describe('what is written twice', () => {
  const add = (client: Client, key: string, title: string) =>
    client.post('/tickets', { organization: harbor, title }, { headers: { 'idempotency-key': key } });
  let harbor: string;
  let editor: Client;
  beforeAll(async () => {
    harbor = await organizationId('harbor-pizza');
    editor = await world.signIn('harborEditor');
  });

  test('with the same Idempotency-Key is done once, and both hear the same (R5.5)', async () => {
    const first = await add(editor, 'once', 'call the oven man');
    const second = await add(editor, 'once', 'call the oven man');
    expect(first.status).toBe(201);
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(second.headers.get('idempotent-replay')).toBe('true');
    expect(itemsOf(await editor.get('/tickets?search=oven man'))).toHaveLength(1);
  });

  test('with the key of another request is refused (R5.5)', async () => {
    await add(editor, 'other', 'one');
    expect(await add(editor, 'other', 'two')).toMatchObject({ status: 422, body: { reason: 'repeated_otherwise' } });
  });

  test('with the key that somebody else used is done (R5.5)', async () => {
    await add(editor, 'shared', 'of the editor');
    const owner = await world.signIn('harborOwner');
    expect(fieldOf(await add(owner, 'shared', 'of the owner'), 'title')).toBe('of the owner');
  });

  test('and failed the first time is tried again (R5.5)', async () => {
    const viewer = await world.signIn('harborViewer');
    expect(await add(viewer, 'failing', 'x')).toMatchObject({ status: 403 });
    expect(await add(viewer, 'failing', 'x')).toMatchObject({ status: 403 });
  });
});

describe('what is asked wrongly', () => {
  test.each([
    ['an id that is none', '/numbers/17', 400, 'malformed'],
    ['a number that is nobody’s', '/numbers/00000000-0000-4000-8000-000000000000', 404, 'not_found'],
    ['a page that there never was', '/calls?after=nonsense', 400, 'malformed'],
    ['a limit beyond all limits', '/calls?limit=100000', 400, 'malformed'],
    ['a path that there is not', '/nonsense', 404, 'not_found'],
  ])('%s is answered with a problem that says so (R5.5)', async (_what, path, status, reason) => {
    const answer = await (await world.signIn('harborOwner')).get(path);
    expect(answer).toMatchObject({ status, body: { reason, status, detail: expect.any(String) } });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  test('a field that there is not is named (R5.5)', async () => {
    const editor = await world.signIn('harborEditor');
    const [number] = itemsOf(await editor.get('/numbers'));
    const answer = await editor.patch(`/numbers/${number?.['id']}`, { lable: 'x' });
    expect(answer).toMatchObject({ status: 400, body: { detail: expect.stringContaining('lable') } });
  });
});

test('behind a proxy of ours everybody is counted by themselves, and nobody by what they say of others (R5.5)', async () => {
  const stranger = world.client(null);
  const askFrom = async (forwarded: string) => {
    const answer = await stranger.get('/me', { headers: { 'x-forwarded-for': forwarded } });
    return Number(answer.headers.get('ratelimit-remaining'));
  };
  const [first, again] = [await askFrom('192.0.2.7'), await askFrom('192.0.2.7')];
  expect(again).toBe(first - 1);
  expect(await askFrom('192.0.2.8')).toBe(first);
  // What stands further to the left was written by whoever asked.
  expect(await askFrom('192.0.2.9, 192.0.2.7')).toBe(first - 2);
  expect(await askFrom('192.0.2.9, 192.0.2.7, 127.0.0.1')).toBe(first - 3);
});

test('who asks too often is told when to come again, and nobody else is (R5.5)', async () => {
  const { client } = await makeKey();
  const answers = [];
  for (let asked = 0; asked <= mostAMinute; asked += 50)
    answers.push(...(await Promise.all(Array.from({ length: 50 }, () => client.get('/nonsense')))));
  const [refused] = answers.filter(({ status }) => status === 429);
  expect(refused).toMatchObject({ body: { reason: 'too_many' } });
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(await (await world.signIn('harborViewer')).get('/me')).toMatchObject({ status: 200 });
});

test('the document describes every operation, what it needs and what it answers when it fails (R5.5)', async () => {
  const document = z
    .object({
      openapi: z.literal('3.1.0'),
      paths: z.record(
        z.string(),
        z.record(
          z.string(),
          z.object({
            summary: z.string().min(5),
            tags: z.array(z.string()).length(1),
            responses: z.looseObject({ default: z.object({ content: z.record(z.string(), z.unknown()) }) }),
            security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
          }),
        ),
      ),
    })
    .parse((await world.client(null).get('/openapi.json')).body);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, ...operation })),
  );
  expect(operations.length).toBeGreaterThan(45);
  for (const { name, security = [] } of operations.filter(({ tags }) => !tags.includes('me')))
    expect(security, name).toEqual([{ person: [] }, { key: [expect.stringMatching(/^[a-z]+:(read|write)$/)] }]);
});
