import { expect, test } from 'vitest';
import { agentSettings, dispatchSettings, type Environment, readSettings } from '../../../shared/env.ts';

const complete: Environment = {
  LIVEKIT_API_KEY: 'devkey',
  LIVEKIT_API_SECRET: 'a-secret-of-at-least-32-characters',
  SUPABASE_URL: 'http://127.0.0.1:54321',
  SUPABASE_ANON_KEY: 'anon',
  SUPABASE_AGENT_TOKEN: 'token',
  SUPABASE_DISPATCH_TOKEN: 'token',
  PROVIDER_KEYS_SECRET: 'ab'.repeat(32),
};

test('an engineer with a complete environment gets typed, frozen settings (R9.2)', () => {
  const read = readSettings(agentSettings, complete);
  if (read.outcome !== 'complete') throw new Error(read.problems.join('\n'));
  expect(read.settings.PROVIDER_KEYS_SECRET.newest.secret).toHaveLength(32);
  expect(read.settings.POOL_SESSIONS_PER_SHARD).toBe(20);
  expect(read.settings.AGENT_PATCHES).toBe(true);
  expect(Object.isFrozen(read.settings)).toBe(true);
});

test('an engineer with an empty environment is told of every missing variable at once (R9.2)', () => {
  const read = readSettings(dispatchSettings, {});
  if (read.outcome !== 'incomplete') throw new Error('an empty environment was accepted');
  const named = read.problems.map((problem) => problem.split(' ')[0]);
  expect(named).toEqual([
    'LIVEKIT_API_KEY',
    'LIVEKIT_API_SECRET',
    'SUPABASE_URL',
    'SUPABASE_ANON_KEY',
    'SUPABASE_DISPATCH_TOKEN',
  ]);
});

test('a wrong value is shown with what is wanted, a wrong secret never is (R7.3)', () => {
  const read = readSettings(agentSettings, { ...complete, POOL_SHARDS: 'many', PROVIDER_KEYS_SECRET: 'hunter2' });
  if (read.outcome !== 'incomplete') throw new Error('wrong values were accepted');
  expect(read.problems).toHaveLength(2);
  const text = read.problems.join('\n');
  expect(text).toContain('POOL_SHARDS is wrong ("many")');
  expect(text).toContain('PROVIDER_KEYS_SECRET is wrong (7 characters)');
  expect(text).not.toContain('hunter2');
});

test('an address of the wrong kind is told which kind is wanted (R9.2)', () => {
  const read = readSettings(['LIVEKIT_URL'], { LIVEKIT_URL: 'http://127.0.0.1:7880' });
  const wanted = 'not an address that begins with ws:// or wss://. Address of the LiveKit server.';
  expect(read).toMatchObject({ problems: [`LIVEKIT_URL is wrong ("http://127.0.0.1:7880"): ${wanted}`] });
});

test('two secrets are read while keys go from the old one to the new one (R2.7)', () => {
  const two = `k2:${'cd'.repeat(32)},k1:${'ab'.repeat(32)}`;
  const read = readSettings(['PROVIDER_KEYS_SECRET'], { PROVIDER_KEYS_SECRET: two });
  if (read.outcome !== 'complete') throw new Error(read.problems.join('\n'));
  expect(read.settings.PROVIDER_KEYS_SECRET.newest.keyId).toBe('k2');
  const twice = readSettings(['PROVIDER_KEYS_SECRET'], { PROVIDER_KEYS_SECRET: two.replace('k2', 'k1') });
  expect(twice).toMatchObject({ problems: [expect.stringContaining('the key id k1 is there twice')] });
});

test('an empty variable counts as not set and takes the default (R9.2)', () => {
  const read = readSettings(dispatchSettings, { ...complete, DISPATCH_PORT: '' });
  if (read.outcome !== 'complete') throw new Error(read.problems.join('\n'));
  expect(read.settings.DISPATCH_PORT).toBe(8090);
});

test('a whole number is wanted where a number is counted (R9.2)', () => {
  for (const wrong of ['1.5', '-1', '0x', 'NaN', '70000']) {
    expect(readSettings(dispatchSettings, { ...complete, DISPATCH_PORT: wrong }).outcome, wrong).toBe('incomplete');
  }
});
