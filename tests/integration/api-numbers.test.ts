/** Numbers over the API: tenants see and label theirs, the owner of the platform adds and assigns. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let admin: Client;
let editor: Client;
let viewer: Client;
beforeAll(async () => {
  world = await ApiWorld.start();
  [admin, editor, viewer] = await Promise.all([
    world.signIn('admin'),
    world.signIn('harborEditor'),
    world.signIn('harborViewer'),
  ]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function idOf(client: Client, phoneNumber: string): Promise<string> {
  const [number] = itemsOf(await client.get(`/numbers?search=${encodeURIComponent(phoneNumber)}`));
  return z.uuid().parse(number?.['id']);
}
async function organizationId(slug: string): Promise<string> {
  const [row] = await world.rows('organizations', { slug: `eq.${slug}` });
  return z.uuid().parse(row?.['id']);
}

describe('a tenant', () => {
  test('sees each number with its label, status, limit, agent and live calls, and no number of a neighbour (R5.1)', async () => {
    const numbers = itemsOf(await viewer.get('/numbers'));
    expect(numbers).toMatchObject([
      { phoneNumber: '2001', label: 'orders', active: true, maxConcurrentCalls: 5, liveCalls: 0, language: 'en' },
      { phoneNumber: '2002', label: 'support', active: true },
      { phoneNumber: '2009', label: 'old line', active: false, maxConcurrentCalls: 1 },
    ]);
    expect(numbers[0]).toMatchObject({
      agent: { name: 'Front counter', own: false },
      organization: { slug: 'harbor-pizza' },
    });
  });

  test('reads them page by page, each once (R5.5)', async () => {
    const first = await viewer.get('/numbers?limit=2');
    const next = String(fieldOf(first, 'next'));
    const second = await viewer.get(`/numbers?limit=2&after=${next}`);
    expect([...itemsOf(first), ...itemsOf(second)].map(({ phoneNumber }) => phoneNumber)).toEqual([
      '2001',
      '2002',
      '2009',
    ]);
    expect(fieldOf(second, 'next')).toBeNull();
  });

  test('labels a number and switches it off as an editor, and not as a viewer (R5.1)', async () => {
    const id = await idOf(editor, '2002');
    expect(await viewer.patch(`/numbers/${id}`, { label: 'x' })).toMatchObject({ status: 403 });
    const off = await editor.patch(`/numbers/${id}`, { active: false, label: 'closed for repairs' });
    expect(off).toMatchObject({ status: 200, body: { active: false, label: 'closed for repairs' } });
    await editor.patch(`/numbers/${id}`, { active: true, label: 'support' });
  });

  test('raises no limit, gives no number away and adds none (R5.1, R7.1)', async () => {
    const id = await idOf(editor, '2002');
    const bianchi = await organizationId('studio-bianchi');
    for (const change of [
      { maxConcurrentCalls: 50 },
      { organization: bianchi },
      { organization: null },
      { agent: null },
    ])
      expect(await editor.patch(`/numbers/${id}`, change)).toMatchObject({ status: 403 });
    expect(await editor.post('/numbers', { numbers: [{ phoneNumber: '2777' }] })).toMatchObject({ status: 403 });
    expect(await editor.delete(`/numbers/${id}`)).toMatchObject({ status: 403 });
    expect(await viewer.get(`/numbers/${id}`)).toMatchObject({
      body: { maxConcurrentCalls: 5, organization: { slug: 'harbor-pizza' } },
    });
  });
});

describe('the owner of the platform', () => {
  test('adds many numbers at once and hears of each what became of it (R5.2)', async () => {
    const organization = await organizationId('harbor-pizza');
    const added = await admin.post('/numbers', {
      numbers: [
        { phoneNumber: '+44 20 7946 0000', organization, label: 'London' },
        { phoneNumber: '2001' },
        { phoneNumber: '2801', maxConcurrentCalls: 3 },
      ],
    });
    expect(added).toMatchObject({
      status: 201,
      body: {
        numbers: [
          { phoneNumber: '+442079460000', outcome: 'added', number: { label: 'London' } },
          { phoneNumber: '2001', outcome: 'exists', number: null },
          { phoneNumber: '2801', outcome: 'added', number: { organization: null, maxConcurrentCalls: 3 } },
        ],
      },
    });
    const unassigned = itemsOf(await admin.get('/numbers?assigned=false'));
    expect(unassigned.map(({ phoneNumber }) => phoneNumber)).toEqual(['2801']);
  });

  test('is told which line of a list is no number, and none is added (R5.2)', async () => {
    const answer = await admin.post('/numbers', { numbers: [{ phoneNumber: '2802' }, { phoneNumber: 'pizza' }] });
    expect(answer).toMatchObject({ status: 400, body: { fields: [{ path: 'numbers.1.phoneNumber' }] } });
    expect(itemsOf(await admin.get('/numbers?search=2802'))).toEqual([]);
  });

  test('assigns a number, which then says what its new organisation says, and history tells who did it (R5.2)', async () => {
    await admin.post('/numbers', { numbers: [{ phoneNumber: '2803' }] });
    const id = await idOf(admin, '2803');
    const [harbor, bianchi] = await Promise.all([organizationId('harbor-pizza'), organizationId('studio-bianchi')]);
    await admin.patch(`/numbers/${id}`, { organization: harbor, label: 'till' });
    const etag = { headers: { 'if-match': String((await editor.get(`/config/numbers/${id}`)).headers.get('etag')) } };
    await editor.put(`/config/numbers/${id}`, { greeting: { text: 'Harbor Pizza, the till.' } }, etag);
    const moved = await admin.patch(`/numbers/${id}`, { organization: bianchi });
    expect(moved).toMatchObject({ status: 200, body: { label: '', organization: { slug: 'studio-bianchi' } } });
    const bruno = await world.signIn('bianchiOwner');
    expect(fieldOf(await bruno.get(`/config/numbers/${id}`), 'config')).toEqual({});
    expect(itemsOf(await bruno.get(`/config/numbers/${id}/versions`)).map(({ config }) => config)).toEqual([{}]);
    expect(await editor.get(`/numbers/${id}`)).toMatchObject({ status: 404 });
    const history = itemsOf(await admin.get(`/audit?target=${id}&action=number.`));
    expect(history.map(({ action, who }) => [action, who])).toEqual(
      expect.arrayContaining([
        ['number.unassigned', 'owner@switchboard.test'],
        ['number.assigned', 'owner@switchboard.test'],
      ]),
    );
  });

  test('gives a number an agent of its own organisation, and not one of another (R5.2, R7.1)', async () => {
    const id = await idOf(admin, '2002');
    const agents = itemsOf(await admin.get('/agents'));
    const ofBianchi = agents.find(({ name }) => name === 'Segreteria');
    const answer = await admin.patch(`/numbers/${id}`, { agent: ofBianchi?.['id'] });
    expect(answer).toMatchObject({ status: 409, body: { reason: 'conflict' } });
  });

  test('removes a number (R5.2)', async () => {
    await admin.post('/numbers', { numbers: [{ phoneNumber: '2804' }] });
    const id = await idOf(admin, '2804');
    expect(await admin.delete(`/numbers/${id}`)).toMatchObject({ status: 204 });
    expect(await admin.delete(`/numbers/${id}`)).toMatchObject({ status: 404 });
  });

  test('makes an organisation and sets its limits, which its people cannot (R5.2, R3.1)', async () => {
    const made = await admin.post('/organizations', {
      slug: 'corner-bakery',
      name: 'Corner Bakery',
      timezone: 'Europe/Rome',
    });
    expect(made).toMatchObject({ status: 201, body: { slug: 'corner-bakery', numbers: 0, maxConcurrentCalls: null } });
    const limited = await admin.patch(`/organizations/${fieldOf(made, 'id')}`, {
      maxConcurrentCalls: 4,
      status: 'suspended',
    });
    expect(limited).toMatchObject({ status: 200, body: { maxConcurrentCalls: 4, status: 'suspended' } });
    const harbor = await organizationId('harbor-pizza');
    expect(await editor.patch(`/organizations/${harbor}`, { maxConcurrentCalls: 99 })).toMatchObject({ status: 403 });
    expect(await editor.patch(`/organizations/${harbor}`, { timezone: 'Mars/Olympus' })).toMatchObject({ status: 400 });
    expect(await admin.post('/organizations', { slug: 'corner-bakery' })).toMatchObject({ status: 409 });
  });
});
