import { voice } from '@livekit/agents';
import { afterEach, describe, expect, test } from 'vitest';
import { openToolWorld, outputsOf } from '../tools/tool-world.ts';
import { type Answer, json, openBackendServer } from './backend-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const parameters = {
  type: 'object',
  properties: { order_id: { type: 'string' }, detail: { type: 'string' }, copies: { type: 'integer', minimum: 1 } },
  required: ['order_id'],
};
const order = {
  name: 'order',
  description: 'Looks at an order.',
  method: 'GET',
  path: '/orders/{order_id}',
  parameters,
};

async function openBackendWorld(answer: Answer, options: { action?: object; args?: object; backend?: object } = {}) {
  const server = await openBackendServer(answer);
  const world = await openToolWorld({
    platform: { owner: { private_hosts: [server.host] } },
    config: {
      backend: { url: server.url, filler: 'One moment, I am looking.', ...options.backend },
      tools: { actions: [{ ...order, ...options.action }] },
    } as never,
    keys: { backend: 'secret-of-the-tenant', signing: 'signing-key' },
    responses: [
      { input: 'Where is it?', toolCalls: [{ name: 'order', args: { order_id: '42', ...options.args } }] },
      { input: '"late"', content: '' },
    ],
  });
  closing.push(world.close, server.close);
  const said: string[] = [];
  world.session.on(voice.AgentSessionEventTypes.ConversationItemAdded, ({ item }) => {
    if (item.type === 'message' && item.role === 'assistant') said.push(item.textContent ?? '');
  });
  return { ...world, server, said, told: async () => outputsOf(await world.run('Where is it?'))[0] };
}

describe('an action of a backend', () => {
  test('that is a GET asks with its arguments in path and query, and the agent has the answer (R4.4)', async () => {
    const args = { order_id: 'A/1 ?&', detail: 'è & più', copies: 2 };
    const world = await openBackendWorld((response) => json(response, { state: 'in the oven' }), { args });
    expect(await world.told()).toBe('{"state":"in the oven"}');
    expect(world.server.asked).toMatchObject([
      { method: 'GET', path: '/phone/orders/A%2F1%20%3F%26?detail=%C3%A8+%26+pi%C3%B9&copies=2', body: '' },
    ]);
    expect(world.said).toEqual([]);
  });

  test('that is a POST asks with JSON, and says whose call it is for (R4.4)', async () => {
    const action = { method: 'POST', path: '/orders' };
    const world = await openBackendWorld((response) => response.writeHead(204).end(), { action, args: { copies: 1 } });
    expect(await world.told()).toBe('Done.');
    expect(world.server.asked).toMatchObject([
      {
        method: 'POST',
        path: '/phone/orders',
        body: '{"order_id":"42","copies":1}',
        headers: {
          'content-type': 'application/json',
          'x-switchboard-tenant': 'harbor-pizza',
          'x-switchboard-call': 'session-1',
        },
      },
    ]);
  });

  test('is not asked with arguments that do not fit its schema; the model is told why (R4.4)', async () => {
    const world = await openBackendWorld((response) => json(response, {}), { args: { copies: 0 } });
    expect(await world.told()).toBe(
      'These arguments are not usable: copies must be >= 1. Ask the caller for what is missing.',
    );
    expect(world.server.asked).toEqual([]);
  });

  test.each(['.', '..', ''])('cannot be led out of its path by the argument %j (R4.4)', async (order_id) => {
    const world = await openBackendWorld((response) => json(response, {}), { args: { order_id } });
    expect(await world.told()).toMatch(/order_id cannot be part of an address/);
    expect(world.server.asked).toEqual([]);
  });

  test('that answers late is given up at its deadline, and the caller hears meanwhile that it takes a moment (R4.4)', async () => {
    const world = await openBackendWorld(() => undefined, { action: { timeout_ms: 2_000 } });
    expect(await world.told()).toMatch(/did not answer in time/);
    expect(world.said).toEqual(['One moment, I am looking.']);
    expect(world.server.asked).toHaveLength(1);
  });

  test.each([
    ['GET', 2],
    ['POST', 1],
  ])('that fails in passing is asked again only if it changes nothing: %s (R4.4)', async (method, times) => {
    const fails: Answer = (response, _asked, count) =>
      count === 1 ? response.destroy() : json(response, { fine: true });
    const world = await openBackendWorld(fails, { action: { method, path: '/orders/{order_id}' } });
    const told = await world.told();
    expect(told).toBe(
      method === 'GET'
        ? '{"fine":true}'
        : "The business's system cannot be reached. Tell the caller that this does not work now.",
    );
    expect(world.server.asked).toHaveLength(times);
  });

  test('that refuses is quoted, and one with a problem of its own is not (R4.4)', async () => {
    const refused = await openBackendWorld((response) => json(response, { error: 'no such order' }, 404));
    expect(await refused.told()).toBe(`The business's system refused this (404): {"error":"no such order"}`);
    const broken = await openBackendWorld((response) => json(response, { stack: 'at secret.js:1' }, 500));
    expect(await broken.told()).toMatch(/has a problem \(500\)/);
    expect(broken.server.asked).toHaveLength(2);
  });

  test('that answers with more than a model can use is cut, and the model knows (R4.4)', async () => {
    const world = await openBackendWorld((response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end('ü'.repeat(1_000_000)),
    );
    const told = String(await world.told());
    expect(told).toMatch(/^ü{4096}\n\[The answer was longer; this is its beginning\.\]$/);
  });

  test('that answers with something else than text is not read to the model (R4.4)', async () => {
    const world = await openBackendWorld((response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(100)),
    );
    expect(await world.told()).toMatch(/something that is not text/);
  });

  test('that sends us elsewhere is not followed (R4.4)', async () => {
    const world = await openBackendWorld((response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
    );
    expect(await world.told()).toMatch(/has moved/);
    expect(world.server.asked).toHaveLength(1);
  });

  test('carries the tenant’s secret in its header, and no log has it (R4.4)', async () => {
    const backend = { secret_headers: { 'X-Api-Key': 'backend' }, signing_key: 'signing' };
    const world = await openBackendWorld((response) => json(response, {}), { backend });
    await world.told();
    expect(world.server.asked[0]?.headers['x-api-key']).toBe('secret-of-the-tenant');
    expect(world.server.asked[0]?.headers['x-switchboard-signature']).toMatch(/^t=[0-9]+,v1=[0-9a-f]{64}$/);
    expect(JSON.stringify(world.lines)).not.toMatch(/secret-of-the-tenant|signing-key/);
    expect(world.lines).toContainEqual(expect.objectContaining({ msg: 'backend asked' }));
  });
});
