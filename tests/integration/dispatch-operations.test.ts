/** The commands about calls, breakers, workers and pools, as they are typed, against the embedded Supabase. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { admit, admitted, invite, refusalOf } from '../sql/calls.ts';
import { Holder } from '../sql/holder.ts';
import { runDispatch, runHere } from './dispatch-command.ts';

const runDir = mkdtempSync(join(tmpdir(), 'switchboard-operations-'));
let supabase: RunningSupabase;
let dispatchRole: Database;
let worker: Holder;

beforeAll(async () => {
  supabase = await startSupabase({ runDir, providerKeysSecret: 'ab'.repeat(32) });
  const { url, anonKey, agentToken, dispatchToken } = supabase;
  const open = (token: string) => openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
  dispatchRole = open(dispatchToken);
  worker = new Holder(open(agentToken), 'host-a/1');
});
afterAll(async () => {
  await supabase.close();
  rmSync(runDir, { recursive: true });
});

describe('calls on the line', () => {
  test('are shown with who has them, and one is ended by its agent when it is told to (R6.1)', async () => {
    const [answered, ringing] = [invite('2001'), invite('2002')];
    const session = await admitted(dispatchRole, answered);
    await worker.takeAndAnswer(session);
    const waiting = await admitted(dispatchRole, ringing);
    const shown = await dispatch(['calls', 'list']);
    expect(shown).toMatchObject({ code: 0, problem: '' });
    expect(lineWith(session, shown.out)).toMatch(/harbor-pizza +2001 +\+442079460001 +active +0:\d\d +host-a\/1/);
    expect(lineWith(waiting, shown.out)).toMatch(/pending +0:\d\d +nobody/);

    const listed = await dispatch(['calls', 'list', '--tenant', 'studio-bianchi', '--json']);
    expect(JSON.parse(listed.out)).toEqual([]);
    const json = callsSchema.parse(JSON.parse((await dispatch(['calls', 'list', '--json'])).out));
    expect(json.find((call) => call.session === session)).toMatchObject({ state: 'active', room: answered.p_room });

    const asked = await dispatch(['calls', 'end', session], { inProcess: true });
    expect(asked).toMatchObject({ code: 0, out: `${session}: its agent is told to end it\n` });
    expect(await worker.verdicts([session])).toMatchObject([{ verdict: 'end', reason: 'told_to_end' }]);
    await worker.finish(session, null, 'told_to_end');
    const again = await dispatch(['calls', 'end', session]);
    expect(again).toMatchObject({ code: 1, problem: expect.stringContaining('no call with the session') });
    await new Holder(openAgent(), 'host-b/1').finish(waiting);
    expect((await dispatch(['calls', 'list'])).out).toBe('nobody is on the line\n');
  });
});

describe('breakers', () => {
  test('are shown with what opened them, and the next call is tried after a reset (R3.6)', async () => {
    expect((await dispatch(['breakers', 'list'])).out).toBe('nothing has failed yet\n');
    const session = await admitted(dispatchRole, invite('2001'));
    await worker.takeAndAnswer(session);
    expect(await worker.report(session, 'openai', 'bad_key', true)).toBe(true);
    await worker.finish(session, null, 'provider_failed');
    expect(await refusalOf(dispatchRole, invite('2001'))).toBe('breaker_open');

    const listed = await dispatch(['breakers', 'list', '--tenant', 'harbor-pizza', '--json']);
    expect(JSON.parse(listed.out)).toMatchObject([
      { tenant: 'harbor-pizza', provider: null, state: 'open', lastReason: 'bad_key' },
      { tenant: 'harbor-pizza', provider: 'openai', state: 'open', lastReason: 'bad_key' },
    ]);
    const { out } = await dispatch(['breakers', 'list'], { inProcess: true });
    expect(lineWith('all calls', out)).toMatch(/^harbor-pizza +all calls +open +20\d\d-\d\d-\d\d [\d:]{8} +1 +bad_key/);

    const typo = await dispatch(['breakers', 'reset', 'harbor-pizza', 'opanai']);
    expect(typo).toMatchObject({ code: 1, problem: expect.stringContaining('these did: openai') });
    expect((await dispatch(['breakers', 'reset', 'harbor-pizza', 'openai'])).out).toBe(
      'openai of harbor-pizza: 1 closed\n',
    );
    expect(await refusalOf(dispatchRole, invite('2001'))).toBe('breaker_open');
    const reset = await dispatch(['breakers', 'reset', 'harbor-pizza', '--json']);
    expect(JSON.parse(reset.out)).toEqual({ tenant: 'harbor-pizza', provider: null, reset: 1 });
    expect((await dispatch(['breakers', 'reset', 'harbor-pizza'])).out).toBe('harbor-pizza: no breaker was open\n');
    await worker.finish(await admitted(dispatchRole, invite('2001')));
  });
});

describe('workers and pools', () => {
  test('an organisation is served by the pool that it is pinned to, within its limit, and by nobody where that is empty (R3.7)', async () => {
    const status = { pool: 'gold', version: '1.2.3', capacity: 20, calls: 3, load: 0.25, draining: false };
    await worker.verdicts([], status);
    const { out } = await dispatch(['workers']);
    expect(lineWith('host-a/1', out)).toMatch(/gold +1\.2\.3 +3\/20 +0\.25 +yes +\d+ s ago/);
    const listed = workersSchema.parse(JSON.parse((await dispatch(['workers', '--json'])).out));
    expect(listed.find(({ name }) => name === 'host-a/1')).toMatchObject(status);

    expect((await dispatch(['pools', 'pin', 'harbor-pizza', 'gold'])).out).toBe(
      'harbor-pizza: answered by gold from the next call on\n',
    );
    expect((await dispatch(['pools', 'set', 'gold', '--most', '1'])).out).toBe('gold: at most 1 calls at once\n');
    const first = await admit(dispatchRole, invite('2001'));
    expect(first).toMatchObject({ outcome: 'admitted', pool: 'gold' });
    expect(await refusalOf(dispatchRole, invite('2002'))).toBe('pool_busy');
    const pools = await dispatch(['pools', 'list']);
    expect(lineWith('gold', pools.out)).toMatch(/^gold +1 +1 +1 +1$/);
    await dispatch(['pools', 'set', 'gold', '--most', 'none'], { inProcess: true });
    await admitted(dispatchRole, invite('2002'));

    const made = await dispatch(['pools', 'set', 'empty', '--most', 'none', '--json']);
    expect(JSON.parse(made.out)).toEqual({ name: 'empty', maxConcurrentCalls: null, created: true });
    const pinned = await dispatch(['pools', 'pin', 'harbor-pizza', 'empty']);
    expect(pinned.out).toContain('no worker of it is running now');
    expect(await refusalOf(dispatchRole, invite('2001'))).toBe('pool_unavailable');
    await dispatch(['pools', 'pin', 'harbor-pizza', 'switchboard']);
  });
});

describe('what is asked for in a wrong way', () => {
  test.each([
    ['breakers', 2, 'list or reset is wanted'],
    ['breakers open', 2, 'not open'],
    ['breakers reset', 2, 'TENANT is missing'],
    ['breakers reset nobody', 1, 'there is no organisation nobody'],
    ['breakers reset harbor-pizza openai twice', 2, 'unexpected: twice'],
    ['breakers list --tenant no/slug', 2, 'no/slug is no tenant'],
    ['calls', 2, 'list or end is wanted'],
    ['calls list --tenant nobody', 1, 'there is no organisation nobody'],
    ['calls end', 2, 'SESSION is missing'],
    ['calls end 7', 2, 'a session is a UUID'],
    ['workers all', 2, 'unexpected: all'],
    ['pools drop', 2, 'list, set or pin is wanted, not drop'],
    ['pools set Gold --most 3', 2, 'Gold is no name of a pool'],
    ['pools set gold', 2, '--most N, or --most none'],
    ['pools set gold --most -1', 2, "'--most' argument is ambiguous"],
    ['pools set gold --most many', 2, 'not many'],
    ['pools pin harbor-pizza', 2, 'NAME is missing'],
    ['pools pin nobody gold', 1, 'there is no organisation nobody'],
    ['pools pin harbor-pizza silver', 1, 'there is no pool silver'],
  ])('"dispatch %s" says what is wrong (R9.3)', async (line, code, sentence) => {
    const answer = await dispatch(line.split(' '));
    expect(answer).toMatchObject({ code, out: '' });
    expect(answer.problem).toContain(sentence);
  });

  test.each([['breakers'], ['calls'], ['workers'], ['pools']])(
    '"dispatch %s --help" tells more (R9.3)',
    async (name) => {
      const answer = await dispatch([name, '--help']);
      expect(answer).toMatchObject({ code: 0, problem: '', out: expect.stringContaining(`dispatch ${name}`) });
      expect((await dispatch(['--help'])).out).toContain(`dispatch ${name}`);
    },
  );
});

const callsSchema = z.array(z.looseObject({ session: z.string() }));
const workersSchema = z.array(z.looseObject({ name: z.string() }));

function openAgent(): Database {
  const { url, anonKey, agentToken: token } = supabase;
  return openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
}

function lineWith(text: string, output: string): string | undefined {
  return output.split('\n').find((line) => line.includes(text));
}

/** @param inProcess of its own, as it is typed */
function dispatch(args: readonly string[], { inProcess = false } = {}) {
  const env = {
    SUPABASE_URL: supabase.url,
    SUPABASE_ANON_KEY: supabase.anonKey,
    SUPABASE_OPERATOR_TOKEN: supabase.operatorToken,
    DATABASE_DEADLINE_MS: '10000',
  };
  return (inProcess ? runDispatch : runHere)(args, { cwd: runDir, env });
}
