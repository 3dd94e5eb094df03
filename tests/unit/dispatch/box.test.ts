import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { agentFunctions } from '../../../dispatch/box/agent-functions.ts';
import type { LedgerEvent } from '../../../dispatch/box/call-book.ts';
import { dispatchFunctions } from '../../../dispatch/box/dispatch-functions.ts';
import { databaseOf } from '../../../dispatch/box/functions.ts';
import { Journal } from '../../../dispatch/box/journal.ts';
import { Ledger } from '../../../dispatch/box/ledger.ts';
import { alwaysBusy, type NumberPolicy } from '../../../dispatch/box/refusals.ts';
import { rpcRoute } from '../../../dispatch/box/rpc.ts';
import { DidSource, type SourceOptions } from '../../../dispatch/box/source.ts';
import { resolveConfig } from '../../../shared/config/index.ts';
import { numberRowSchema } from '../../../shared/contracts.ts';
import { openProviderKey, parseKeyRing, platformOwner } from '../../../shared/provider-keys.ts';
import { admitted, invite, refusalOf } from '../../sql/calls.ts';
import { Holder } from '../../sql/holder.ts';
import {
  type CallLedger,
  forwarding,
  keepsAccountOfCalls,
  manyLines,
  oneLine,
  refusalPolicies,
  spoken,
} from '../../support/call-ledger.ts';
import { keepsCallsHeld } from '../../support/held-calls.ts';

const folder = mkdtempSync(join(tmpdir(), 'switchboard-box-'));
afterAll(() => rmSync(folder, { recursive: true }));
const silent = pino({ level: 'silent' });
const keyRing = parseKeyRing('ab'.repeat(32));

const ids = { organizationId: '00000000-0000-4000-8000-000000000001', tenant: 'harbor', pool: 'switchboard' };
const numbers = new Map([
  [oneLine, { ...ids, numberId: '00000000-0000-4000-8000-000000000002', maxCalls: 1 }],
  [manyLines, { ...ids, numberId: '00000000-0000-4000-8000-000000000003', maxCalls: 5 }],
  [spoken, { ...ids, numberId: '00000000-0000-4000-8000-000000000004', maxCalls: 1 }],
  [forwarding, { ...ids, numberId: '00000000-0000-4000-8000-000000000005', maxCalls: 1 }],
]);
const policies: Readonly<Record<string, Partial<NumberPolicy>>> = {
  [spoken]: { language: 'it', refusal: { ...alwaysBusy.refusal, ...refusalPolicies[spoken].refusal } },
  [forwarding]: { language: 'it', refusal: { ...alwaysBusy.refusal, ...refusalPolicies[forwarding].refusal } },
};
const noNumbers = { lookUp: () => undefined, changesSince: () => [], find: (called: string) => numbers.get(called) };

function openLedger(note: (event: LedgerEvent, atMs: number) => void = () => undefined) {
  let nowMs = 1_000_000;
  const ledger = new Ledger({
    clock: { now: () => nowMs, monotonicMs: () => nowMs },
    find: (called) => numbers.get(called),
    policyOf: (called) => ({ ...alwaysBusy, ...policies[called] }),
    note: (event) => note(event, nowMs),
  });
  const status = { pool: 'switchboard', version: '0', capacity: 5, calls: 0, load: 0, draining: false };
  /** With a beat of the watch each second, as on a box that runs. */
  const pass = async (ms: number, each: () => void = () => undefined) => {
    for (const end = nowMs + ms; nowMs < end; nowMs += 1_000) {
      ledger.workers.beat();
      each();
    }
  };
  const served = (ms: number) => pass(ms, () => ledger.workers.report('shard-0', status));
  const calls: CallLedger = {
    dispatch: databaseOf(dispatchFunctions(ledger, () => nowMs)),
    agent: databaseOf(agentFunctions(ledger, noNumbers)),
    letLeasesRunOut: () => served(16_000),
    letBreakersCool: () => served(61_000),
    letProbesGoOn: () => served(61_000),
    // Past the grace of a process that has just begun.
    reset: () => served(11_000),
  };
  return { ledger, calls, pass };
}

describe('a box without a database', () => {
  keepsAccountOfCalls(() => openLedger().calls);
  keepsCallsHeld(() => openLedger().calls);

  test('knows the calls that were on when dispatch is started again (R3.5)', async () => {
    const journal = new Journal(join(folder, 'calls.jsonl'), silent);
    const before = openLedger((event, atMs) => journal.note(event, atMs)).calls;
    const [on, over] = [
      await admitted(before.dispatch, invite(oneLine)),
      await admitted(before.dispatch, invite(manyLines)),
    ];
    await before.agent.row('take_call', { p_session_id: on, p_worker: 'shard-1' }, z.unknown());
    await before.agent.row('answer_call', { p_session_id: on, p_worker: 'shard-1' }, z.unknown());
    const record = { turns: [{ role: 'caller', text: 'Hello.', at_ms: 1 }] };
    const end = { p_session_id: over, p_end_reason: 'caller_hung_up', p_record: record };
    await before.dispatch.row('finish_call', end, z.unknown());

    const { ledger, calls } = openLedger();
    const unfinished = journal.unfinished(0);
    expect(unfinished.map(({ session, state }) => [session, state])).toEqual([[on, 'active']]);
    for (const call of unfinished) ledger.restore(call);
    expect(ledger.holding.renew(on, 'shard-1')).toBe(true);
    expect(ledger.admit({ called: oneLine, caller: '', sipCallId: 'x', fromTag: '', room: 'r' }).call.reason).toBe(
      'number_busy',
    );
    expect(await calls.dispatch.rows('claim_lost_calls', { p_limit: 5 }, z.unknown())).toEqual([]);
    const lines = readFileSync(join(folder, 'calls.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toMatchObject({
      event: 'finished',
      session: over,
      called: manyLines,
      reason: 'caller_hung_up',
      record,
    });
  });

  test('knows after a restart who has a call, what was said in it, and what was used (R3.5)', async () => {
    const journal = new Journal(join(folder, 'noted.jsonl'), silent);
    const before = openLedger((event, atMs) => journal.note(event, atMs)).calls;
    const worker = new Holder(before.agent, 'shard-1');
    const session = await admitted(before.dispatch, invite(oneLine));
    await worker.takeAndAnswer(session);
    const turn = { role: 'caller', text: 'A table for two.', at_ms: 900 } as const;
    const usage = [{ kind: 'tts', provider: 'openai', model: 'm', unit: 'characters', amount: 7 }] as const;
    await worker.note(session, { turns: [{ position: 1, ...turn }], usage });

    const { ledger, calls } = openLedger((event, atMs) => journal.note(event, atMs));
    for (const call of journal.unfinished(0)) ledger.restore(call);
    expect(await new Holder(calls.agent, 'shard-2').take(session)).toMatchObject({ taken: false });
    const still = new Holder(calls.agent, 'shard-1');
    expect(await still.renew(session)).toBe('keep');
    await still.release(session);
    const next = new Holder(calls.agent, 'shard-2');
    expect(await next.take(session)).toMatchObject({ taken: true, resumed: { turns: [turn] } });
    await next.finish(session, { usage: [...usage], turns: [turn] });
    const lines = readFileSync(join(folder, 'noted.jsonl'), 'utf8').trim().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      event: 'finished',
      record: { turns: [turn], usage: [{ ...usage[0], amount: 14 }] },
    });
  });

  test('keeps what was noted of a call that nobody brings to its end, and the record that comes after all (R1.8)', async () => {
    const events: LedgerEvent[] = [];
    const { calls } = openLedger((event) => events.push(event));
    const worker = new Holder(calls.agent, 'shard-1');
    const session = await admitted(calls.dispatch, invite(oneLine));
    await worker.takeAndAnswer(session);
    const turn = { role: 'caller', text: 'Hello?', at_ms: 900 } as const;
    await worker.note(session, { turns: [{ position: 1, ...turn }] });
    const end = { p_session_id: session, p_end_reason: 'worker_lost' };
    await calls.dispatch.row('finish_call', end, z.unknown());
    expect(events.at(-1)).toMatchObject({ event: 'finished', record: { turns: [turn] } });
    const whole = { turns: [turn, { role: 'agent', text: 'Good evening.', at_ms: 1500 } as const] };
    expect(await worker.finish(session, whole)).toBe(false);
    expect(events.at(-1)).toMatchObject({ event: 'late', record: whole });
  });

  test('refuses calls when no worker of its pool says that it is there, but not right after its start (R3.7)', async () => {
    const { calls, pass } = openLedger();
    await admitted(calls.dispatch, invite(oneLine));
    await pass(11_000);
    expect(await refusalOf(calls.dispatch, invite(manyLines))).toBe('pool_unavailable');
    const worker = new Holder(calls.agent, 'shard-1');
    const status = { pool: 'switchboard', version: '0', capacity: 5, calls: 0, load: 0, draining: true };
    await worker.verdicts([], status);
    expect(await refusalOf(calls.dispatch, invite(manyLines))).toBe('pool_unavailable');
    await worker.verdicts([], { ...status, draining: false });
    await admitted(calls.dispatch, invite(manyLines));
    await worker.gone();
    expect(await refusalOf(calls.dispatch, invite(manyLines))).toBe('pool_unavailable');
  });

  test('answers agents in the way that they ask Supabase, and nobody else (R7.1)', async () => {
    const { ledger } = openLedger();
    const app = rpcRoute({ token: 'the-token', functions: agentFunctions(ledger, noNumbers), log: silent });
    const ask = async (name: string, token: string, body: object) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const response = await app.request(`/rest/v1/rpc/${name}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return [response.status, z.unknown().parse(await response.json())];
    };
    const renewal = { p_worker: 'shard-1', p_session_ids: [] };
    expect(await ask('renew_leases', 'the-token', renewal)).toEqual([200, []]);
    expect(await ask('renew_leases', 'another', renewal)).toMatchObject([401, { code: 'PGRST301' }]);
    expect(await ask('admit_call', 'the-token', {})).toMatchObject([404, { code: 'PGRST202' }]);
    expect(await ask('renew_leases', 'the-token', { p_worker: 7 })).toMatchObject([400, { code: '22023' }]);
  });
});

describe('a directory of DID files as live source', () => {
  test('a changed file is in force at the next look, a broken one keeps what it said, a removed one is gone (R2.4)', () => {
    const { source, write, remove, logged } = openSource();
    write('2001.json', { restaurant_id: 'harbor', openai: { welcome_message: 'One.' } });
    write('2002.json', { restaurant_id: 'bianchi', openai: { welcome_message: 'Two.' } });
    source.look();
    expect([greeting(source, '2001'), greeting(source, '2002')]).toEqual(['One.', 'Two.']);
    const revision = source.changesSince(null)[0]?.revision ?? 0;

    write('2001.json', { restaurant_id: 'harbor', openai: { welcome_message: 'One, changed.' } });
    source.look();
    expect(greeting(source, '2001')).toBe('One, changed.');
    expect(source.changesSince(revision).map(({ tenant }) => tenant)).toEqual(['harbor']);

    write('2001.json', { restaurant_id: 'harbor', openai: { welcome_mesage: 'One, broken.' } });
    source.look();
    expect(greeting(source, '2001')).toBe('One, changed.');
    expect(logged()).toContain('2001.json:4: openai.welcome_mesage: no such key: did you mean openai.welcome_message?');

    remove('2002.json');
    source.look();
    expect(source.find('2002')).toBeUndefined();
    expect(source.changesSince(revision).map(({ tenant }) => tenant)).toContain('bianchi');
  });

  test('a file that was never right answers nothing, and the others do (R2.4)', () => {
    const { source, write } = openSource();
    write('2001.json', { restaurant_id: 'harbor', openai: { temperature: 9 } });
    write('2002.json', { restaurant_id: 'harbor' });
    source.look();
    expect([source.find('2001'), source.find('2002')?.maxCalls]).toEqual([undefined, 3]);
  });

  test('a number is the same one after a restart, and is found as the trunk delivers it (R1.4)', () => {
    const files = { '+390612345678.json': { restaurant_id: 'harbor' } };
    const [first, second] = [openSource({}, files).source, openSource({}, files).source];
    expect(first.find('390612345678')).toEqual(second.find('+390612345678'));
    expect(first.find('0612345678')).toBeUndefined();
  });

  test('default.json answers numbers that nobody has only where that is switched on (R1.5)', () => {
    const files = { 'default.json': { openai: { welcome_message: 'Who?' } }, '2001.json': { restaurant_id: 'harbor' } };
    expect(openSource({}, files).source.find('2999')).toBeUndefined();
    const { source } = openSource({ anyNumber: true }, files);
    expect(greeting(source, '2999')).toBe('Who?');
    expect(source.find('2001')?.tenant).toBe('harbor');
  });

  test('a closed business refuses where the box says so, and its callers hear what the box says (R3.4)', () => {
    const platformFile = join(folder, 'platform.json');
    const refusal = { action: 'forward', to: '7009' };
    const hours = { weekly: { mon: [['09:00', '17:00']] }, closed: { action: 'refuse' } };
    writeFileSync(platformFile, JSON.stringify({ business: { timezone: 'Europe/Rome' }, hours, refusal }));
    const { source } = openSource({ platformFile }, { '2001.json': { restaurant_id: 'harbor' } });
    const monday = (time: string) => source.policyOf('2001', Date.parse(`2026-11-23T${time}:00+01:00`));
    expect(monday('10:00')).toMatchObject({ isClosed: false, refusal });
    expect(monday('18:00')).toMatchObject({ isClosed: true, refusal });
    expect(source.policyOf('2999', 0)).toMatchObject({ isClosed: false, refusal: { action: 'busy' } });
  });

  test('provider keys leave dispatch sealed (R7.3)', () => {
    const keysFile = join(folder, 'keys.json');
    writeFileSync(keysFile, '{"openai":"sk-box"}');
    const { source } = openSource({ keysFile }, { '2001.json': { restaurant_id: 'harbor' } });
    const row = numberRowSchema.parse(source.lookUp('2001'));
    const [key] = row.providerKeys;
    if (key === undefined) throw new Error('there is no key');
    expect(JSON.stringify(source.lookUp('2001'))).not.toContain('sk-box');
    expect(openProviderKey(keyRing, { tenant: platformOwner, provider: 'openai' }, key)).toBe('sk-box');
    expect(key.owner).toBe('platform');
  });
});

function openSource(options: Partial<SourceOptions> = {}, files: Readonly<Record<string, object>> = {}) {
  const directory = mkdtempSync(join(folder, 'dids-'));
  mkdirSync(directory, { recursive: true });
  const write = (name: string, content: object) =>
    writeFileSync(join(directory, name), JSON.stringify(content, null, 2));
  for (const [name, content] of Object.entries(files)) write(name, content);
  const lines: string[] = [];
  const source = new DidSource({
    directory,
    organization: undefined,
    keysFile: undefined,
    platformFile: undefined,
    keyRing,
    anyNumber: false,
    callsPerNumber: 3,
    pool: 'switchboard',
    log: pino({}, { write: (line: string) => lines.push(line) }),
    ...options,
  });
  return { source, write, remove: (name: string) => rmSync(join(directory, name)), logged: () => lines.join('\n') };
}

function greeting(source: DidSource, called: string): string | undefined {
  const found = source.lookUp(called);
  if (found === undefined) return undefined;
  const row = numberRowSchema.parse(found);
  const resolved = resolveConfig(row.layers, row.organizationName);
  return resolved.outcome === 'usable' ? resolved.config.greeting.text : undefined;
}
