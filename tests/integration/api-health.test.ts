/** What keeps callers from hearing what is written, as the page of health asks for it. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addCall } from './api-history.ts';
import { ApiWorld, type Client, fieldOf } from './api-world.ts';

let world: ApiWorld;
let viewer: Client;
beforeAll(async () => {
  world = await ApiWorld.start();
  viewer = await world.signIn('harborViewer');
});
afterAll(() => world?.[Symbol.asyncDispose]());

async function called(number: string, minutesAgo: number, source: 'current' | 'stale' | 'last_good'): Promise<string> {
  const id = await addCall(world, {
    tenant: 'harbor-pizza',
    number,
    caller: '+441632960001',
    startedAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
    talkMs: 1_000,
    endReason: 'caller_hung_up',
  });
  await world.change('sessions', { id: `eq.${id}` }, { config_revision: 1, config_source: source });
  return id;
}

test('a number whose newest call had an older configuration is named, and one that is well again is not (R2.3)', async () => {
  await called('2001', 30, 'stale');
  await called('2001', 10, 'current');
  await called('2002', 30, 'current');
  await called('2002', 20, 'last_good');
  const newest = await called('2002', 5, 'last_good');
  const health = await viewer.get('/health');
  expect(health).toMatchObject({ status: 200, body: { database: { answerMs: expect.any(Number) } } });
  expect(fieldOf(health, 'older')).toMatchObject([
    { number: { phoneNumber: '2002' }, source: 'last_good', calls: 2, call: newest },
  ]);
  const neighbour = await world.signIn('bianchiOwner');
  expect(fieldOf(await neighbour.get('/health'), 'older')).toEqual([]);
});
