import { expect, test } from 'vitest';
import { resolveConfig } from '../../../shared/config/index.ts';

const order = { type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] };
const findOrder = { name: 'find_order', description: 'Finds an order.', method: 'GET', path: '/orders/{order_id}' };

function problemsOf(action: object, backend: object = { url: 'https://api.example.com' }): [string, string][] {
  const instance = { backend, tools: { actions: [{ ...findOrder, parameters: order, ...action }] } };
  const resolved = resolveConfig({ platform: {}, organization: {}, instance, number: {} } as never);
  return resolved.outcome === 'invalid' ? resolved.problems.map(({ path, message }) => [path, message]) : [];
}

test('an action that can become a tool is accepted when it is saved (R4.4)', () => {
  expect(problemsOf({})).toEqual([]);
  // A property may be called like a keyword.
  const properties = { order_id: { type: 'string' }, pattern: { enum: ['dots', 'stripes'] } };
  expect(problemsOf({ parameters: { ...order, properties } })).toEqual([]);
});

test.each([
  [
    'its parameters are no schema',
    { parameters: { type: 'object', properties: { a: { type: 'strin' } } } },
    'parameters',
  ],
  ['its parameters are no object', { parameters: { type: 'string' } }, 'parameters'],
  [
    'it refers to a schema elsewhere',
    { parameters: { ...order, allOf: [{ $ref: 'https://example.com/a' }] } },
    'parameters',
  ],
  [
    'it has a pattern, which may never end',
    { parameters: { ...order, properties: { order_id: { pattern: '(a+)+$' } } } },
    'parameters',
  ],
  ['its path has a part that nobody has to give', { parameters: { type: 'object', properties: {} } }, 'path'],
  ['it is called like a tool of every agent', { name: 'end_call' }, 'name'],
])('an action is refused when it is saved because %s (R4.4)', (_why, action, field) => {
  expect(problemsOf(action).map(([path]) => path)).toContain(`tools.actions.0.${field}`);
});

test('a secret can only be sent in a header that is free for it (R4.4)', () => {
  const url = 'https://api.example.com';
  expect(problemsOf({}, { url, secret_headers: { 'X-Api-Key': 'backend' } })).toEqual([]);
  for (const header of ['Host', 'content-length', 'X-Switchboard-Signature'])
    expect(problemsOf({}, { url, secret_headers: { [header]: 'backend' } })).toHaveLength(1);
});

test('actions without a backend are a problem of the backend’s address (R4.4)', () => {
  expect(problemsOf({}, {})).toEqual([['backend.url', 'actions need the address of the backend']]);
});
