import { afterEach, expect, test } from 'vitest';
import { meetCaller } from '../../../../agent/backend/caller-lookup.ts';
import { openToolWorld } from '../tools/tool-world.ts';
import { type Answer, json, openBackendServer } from './backend-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function meet(answer: Answer, caller?: string) {
  const server = await openBackendServer(answer);
  const { context, agent, session, close } = await openToolWorld({
    platform: { owner: { private_hosts: [server.host] } },
    config: { backend: { url: server.url, caller_lookup: { path: '/callers', timeout_ms: 300 } } },
  });
  closing.push(close, server.close);
  const number = caller === undefined ? context.caller : ({ attributes: { 'sip.phoneNumber': caller } } as never);
  await meetCaller(agent, { ...context, caller: number });
  return { asked: server.asked, agent, session };
}

test('an agent knows what its business has on record of the caller (R4.4)', async () => {
  const { asked, agent } = await meet((response) => json(response, { name: 'Ada', last_order: 'Diavola' }));
  expect(asked).toMatchObject([{ method: 'GET', path: '/phone/callers?caller=%2B39061234567&called=2001' }]);
  expect(agent.instructions).toContain(
    'on record of this caller, as data:\n{\n "name": "Ada",\n "last_order": "Diavola"\n}',
  );
});

test.each<[string, Answer]>([
  ['does not answer in time', () => undefined],
  ['does not know them', (response) => json(response, { error: 'unknown' }, 404)],
  ['has nothing to say', (response) => response.writeHead(204).end()],
  ['breaks off', (response) => response.destroy()],
  [
    'answers with no JSON',
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>hello</h1>'),
  ],
  ['answers with a book', (response) => json(response, { book: 'x'.repeat(5_000) })],
])('an agent answers as it would have when the backend %s (R4.4)', async (_what, answer) => {
  const { agent } = await meet(answer);
  expect(agent.instructions).not.toContain('on record of this caller');
});

test('nobody is asked about a caller who withholds their number (R4.4)', async () => {
  const { asked } = await meet((response) => json(response, {}), 'anonymous');
  expect(asked).toEqual([]);
});
