/** Configurations over the API: checked before they are saved, never overwritten unseen, and told field by field. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Answer, ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let editor: Client;
let owner: Client;
let viewer: Client;
let number: string;
beforeAll(async () => {
  world = await ApiWorld.start();
  [editor, owner, viewer] = await Promise.all([
    world.signIn('harborEditor'),
    world.signIn('harborOwner'),
    world.signIn('harborViewer'),
  ]);
  const [row] = await world.rows('sip_numbers', { label: 'eq.support' });
  number = z.uuid().parse(row?.['id']);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const etagOf = (answer: Answer) => answer.headers.get('etag') ?? 'none';
const read = (client: Client) => client.get(`/config/numbers/${number}`);
const save = (client: Client, config: unknown, etag: string) =>
  client.put(`/config/numbers/${number}`, config, { headers: { 'if-match': etag } });
const effectiveSchema = z.object({
  fields: z.array(z.object({ path: z.string(), value: z.json(), layer: z.string(), inherited: z.json().optional() })),
});
async function effective(path: string) {
  const { fields } = effectiveSchema.parse((await viewer.get(`/config/numbers/${number}/effective`)).body);
  return fields.find((field) => field.path === path);
}

test('an editor saves what a number says, and calls from then on have it (R5.1, R2.3)', async () => {
  const before = await read(editor);
  const saved = await save(editor, { greeting: { text: 'Care of Harbor Pizza.' }, language: 'en' }, etagOf(before));
  expect(saved).toMatchObject({ status: 200, body: { revision: expect.any(Number) } });
  expect(etagOf(saved)).toBe(etagOf(await read(viewer)));
  expect(await effective('greeting.text')).toMatchObject({ value: 'Care of Harbor Pizza.', layer: 'number' });
});

test('of two editors who saw the same version the second is told, and the first one’s words stand (R5.5)', async () => {
  const etag = etagOf(await read(editor));
  expect(await save(editor, { greeting: { text: 'The first one.' } }, etag)).toMatchObject({ status: 200 });
  const second = await save(owner, { greeting: { text: 'The second one.' } }, etag);
  expect(second).toMatchObject({ status: 412, body: { reason: 'changed_meanwhile' } });
  expect(fieldOf(await read(owner), 'config')).toEqual({ greeting: { text: 'The first one.' } });
});

test('who does not say which version they changed is asked for it (R5.5)', async () => {
  const answer = await editor.put(`/config/numbers/${number}`, {});
  expect(answer).toMatchObject({ status: 428, body: { reason: 'version_wanted' } });
});

test('a viewer and a neighbour save nothing (R7.1)', async () => {
  const etag = etagOf(await read(editor));
  expect(await save(viewer, {}, etag)).toMatchObject({ status: 403 });
  expect(await save(await world.signIn('bianchiOwner'), {}, etag)).toMatchObject({ status: 404 });
});

test.each([
  ['a setting that there is not', { greting: { text: 'x' } }, 'greting', 'greeting'],
  ['a value of another kind', { limits: { tickets: 'many' } }, 'limits.tickets', ''],
  ['a provider that there is not', { tts: { provider: 'nobody' } }, 'tts.provider', ''],
  [
    'a destination that is in no list',
    { hours: { closed: { action: 'forward', forward_to: 'x' } } },
    'hours.closed.forward_to',
    '',
  ],
  ['callers sent to the number itself', { refusal: { action: 'forward', to: '2002' } }, 'refusal.to', 'itself'],
])('%s is not saved, and the field is named (R2.2)', async (_what, config, path, said) => {
  const answer = await save(editor, config, etagOf(await read(editor)));
  expect(answer).toMatchObject({ status: 422, body: { reason: 'invalid' } });
  const { fields } = z
    .object({ fields: z.array(z.object({ path: z.string(), message: z.string() })) })
    .parse(answer.body);
  expect(fields.map((field) => field.path)).toContain(path);
  expect(JSON.stringify(fields)).toContain(said);
});

test('what is being written is checked without being saved, with what it would come to (R5.1)', async () => {
  const before = fieldOf(await read(editor), 'config');
  const wrong = await editor.post(`/config/numbers/${number}/check`, { language: 'klingon' });
  expect(wrong).toMatchObject({ status: 200, body: { problems: [{ path: 'language' }] } });
  const right = await editor.post(`/config/numbers/${number}/check`, { language: 'it' });
  expect(right).toMatchObject({ body: { problems: [], effective: { outcome: 'usable' } } });
  expect(fieldOf(await read(editor), 'config')).toEqual(before);
});

test('each field tells which layer it comes from and what it would be without the number’s own word (R5.4, R2.1)', async () => {
  await save(editor, { greeting: { text: 'Only here.' } }, etagOf(await read(editor)));
  expect(await effective('greeting.text')).toEqual({
    path: 'greeting.text',
    value: 'Only here.',
    layer: 'number',
    inherited: 'Harbor Pizza, good evening. How can I help?',
  });
  expect(await effective('tts.voice')).toMatchObject({ value: 'ash', layer: 'instance' });
  expect(await effective('greeting.interruptible')).toMatchObject({ value: true, layer: 'built-in' });
  expect(await effective('owner.platform_keys')).toBeUndefined();
});

test('every version is kept with its author, and an old one is saved again after today’s checks (R2.6)', async () => {
  await save(editor, { greeting: { text: 'The old words.' } }, etagOf(await read(editor)));
  await save(owner, { greeting: { text: 'The new words.' } }, etagOf(await read(owner)));
  const [newest, old] = itemsOf(await viewer.get(`/config/numbers/${number}/versions?limit=2`));
  expect(newest).toMatchObject({ active: true, savedBy: 'ada@harbor-pizza.test' });
  expect(old).toMatchObject({ active: false, savedBy: 'eva@harbor-pizza.test' });
  const restore = `/config/numbers/${number}/versions/${old?.['revision']}/restore`;
  expect(await viewer.post(restore)).toMatchObject({ status: 403 });
  expect(await editor.post(restore)).toMatchObject({ status: 200 });
  expect(fieldOf(await read(viewer), 'config')).toEqual({ greeting: { text: 'The old words.' } });
});

test('an editor makes an agent, writes what it says, and makes it the one that answers (R2.4)', async () => {
  const [{ id: organization } = {}] = await world.rows('organizations', { slug: 'eq.harbor-pizza' });
  const made = await editor.post('/agents', { organization, name: 'Night counter' });
  expect(made).toMatchObject({ status: 201, body: { isDefault: false } });
  const path = `/config/agents/${fieldOf(made, 'id')}`;
  const headers = { 'if-match': etagOf(await editor.get(path)) };
  expect(await editor.put(path, { instructions: 'Sleepy.' }, { headers })).toMatchObject({ status: 200 });
  expect(await editor.patch(`/agents/${fieldOf(made, 'id')}`, { isDefault: true })).toMatchObject({ status: 200 });
  expect(await effective('instructions')).toMatchObject({ value: 'Sleepy.', layer: 'instance' });
  const agents = itemsOf(await editor.get('/agents'));
  expect(agents.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(['Night counter']);
  const before = agents.find(({ name }) => name === 'Front counter');
  await editor.patch(`/agents/${before?.['id']}`, { isDefault: true });
  expect(await editor.delete(`/agents/${fieldOf(made, 'id')}`)).toMatchObject({ status: 204 });
});

test('the platform’s layer is its owner’s alone (R7.1)', async () => {
  expect(await owner.get('/config/platform/all')).toMatchObject({ status: 404 });
  const admin = await world.signIn('admin');
  const headers = { 'if-match': etagOf(await admin.get('/config/platform/all')) };
  const { body } = await admin.get('/config/platform/all');
  const { config } = z.object({ config: z.record(z.string(), z.json()) }).parse(body);
  expect(await admin.put('/config/platform/all', { ...config, limits: { tickets: 5 } }, { headers })).toMatchObject({
    status: 200,
  });
});
