/** Trying providers over the API: who may ask, and what is told before any agent is asked. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let owner: Client;
let editor: Client;
let viewer: Client;
let neighbour: Client;
beforeAll(async () => {
  world = await ApiWorld.start();
  [owner, editor, viewer, neighbour] = await Promise.all([
    world.signIn('harborOwner'),
    world.signIn('harborEditor'),
    world.signIn('harborViewer'),
    world.signIn('bianchiOwner'),
  ]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function orders(): Promise<string> {
  const [number] = itemsOf(await editor.get('/numbers?search=2001'));
  return z.uuid().parse(number?.['id']);
}

describe('trying the providers of a number', () => {
  test('is an editor’s to ask for, and theirs to read (R2.8, R7.1)', async () => {
    const id = await orders();
    const asked = await editor.post(`/numbers/${id}/probe`, { config: { language: 'it' } });
    expect(asked).toMatchObject({ status: 202 });
    const path = `/probes/${String(fieldOf(asked, 'id'))}`;
    expect(await editor.get(path)).toMatchObject({ status: 200, body: { state: 'waiting', result: null } });
    expect(await neighbour.get(path)).toMatchObject({ status: 404 });
    expect(await viewer.post(`/numbers/${id}/probe`)).toMatchObject({ status: 403 });
    expect(await neighbour.post(`/numbers/${id}/probe`)).toMatchObject({ status: 404 });
  });

  test('is not asked of any agent where the checks find something already (R2.2)', async () => {
    expect(await editor.post(`/numbers/${await orders()}/probe`, { config: { language: 'klingon' } })).toMatchObject({
      status: 422,
      body: { reason: 'invalid', fields: [{ path: 'language' }] },
    });
  });

  test('waits for its turn when five are under way (R2.8)', async () => {
    const [number] = itemsOf(await neighbour.get('/numbers'));
    const ask = () => neighbour.post(`/numbers/${String(number?.['id'])}/probe`);
    for (let asked = 0; asked < 5; asked++) expect(await ask()).toMatchObject({ status: 202 });
    expect(await ask()).toMatchObject({ status: 409, body: { reason: 'conflict' } });
  });
});

describe('trying a provider key', () => {
  test('is an owner’s to ask for, and for no key of a neighbour (R2.8, R7.3)', async () => {
    const [key] = z.array(z.looseObject({ id: z.uuid() })).parse(fieldOf(await owner.get('/provider-keys'), 'keys'));
    const path = `/provider-keys/${key?.id}/probe`;
    expect(await owner.post(path)).toMatchObject({ status: 202 });
    expect(await editor.post(path)).toMatchObject({ status: 403 });
    expect(await neighbour.post(path)).toMatchObject({ status: 404 });
  });
});
