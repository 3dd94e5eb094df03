import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { startProviders } from '../../dev/providers/server.ts';
import { ask, useStandIns } from './plugins.ts';

const standIns = useStandIns();
const key = 'dev-openai-harbor-pizza';

function put(script: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${standIns().urls.control}/script`, { method: 'PUT', headers, body: JSON.stringify(script) });
}

describe('the control of the stand-ins', () => {
  test('a script put over HTTP serves and counts its rules', async () => {
    expect((await put({ rules: [{ match: { kind: 'chat' }, reply: 'Scripted.' }] })).status).toBe(200);
    expect((await ask(standIns(), { key })).text).toBe('Scripted.');
    expect(await (await fetch(`${standIns().urls.control}/script`)).json()).toEqual([{ rule: 0, used: 1 }]);
  });

  test.each([
    ['an unknown field', { rules: [{ replay: 'typo' }] }, 'replay'],
    ['a pattern that is none', { rules: [{ match: { user: '(' } }] }, 'regular expression'],
    ['a fault that is none', { rules: [{ fault: { type: 'fire' } }] }, 'fault'],
  ])('%s is refused by name and the old script stays', async (_what, script, named) => {
    await put({ rules: [{ reply: 'Still here.' }] });
    const response = await put(script);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain(named);
    expect((await ask(standIns(), { key })).text).toBe('Still here.');
  });

  test('the journal is read by key and forgotten on reset', async () => {
    await ask(standIns(), { key });
    await ask(standIns(), { key: 'dev-openai-studio-bianchi' });
    const journal = async (query: string) => (await fetch(`${standIns().urls.control}/journal${query}`)).json();
    expect(await journal(`?key=${key}`)).toMatchObject([{ key, kind: 'chat', status: 200 }]);
    expect(await journal('')).toHaveLength(2);
    await fetch(`${standIns().urls.control}/reset`, { method: 'POST' });
    expect(await journal('')).toEqual([]);
  });

  test('with a list of valid keys no other key is taken, and the refusal is worded as OpenAI words it (R2.7)', async () => {
    const strict = await startProviders({ port: 0, validKeys: ['dev-only-this'], log: pino({ level: 'warn' }) });
    try {
      const models = (bearer: string) =>
        fetch(`${strict.urls.openai}/models`, { headers: { authorization: `Bearer ${bearer}` } });
      expect((await models('dev-only-this')).status).toBe(200);
      const refused = await models('dev-other-key');
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: { type: 'invalid_request_error', code: 'invalid_api_key' } });
    } finally {
      await strict.close();
    }
  });

  test.each(['0.0.0.0', '127.example.org'])('%s is no loopback address and not listened on', async (host) => {
    await expect(startProviders({ port: 0, host, log: pino({ level: 'warn' }) })).rejects.toThrow(/loopback/);
  });
});
