import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SipClient } from 'livekit-server-sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LivekitServer, startLivekitServer } from '../../dev/stack/livekit-server.ts';
import { repository } from '../../dev/stack/program.ts';
import { startRedis } from '../../dev/stack/redis.ts';
import { provision } from '../../dispatch/provision.ts';
import { readTrunkFile, type TrunkFile } from '../../dispatch/trunk-file.ts';
import { startTrunkWatch } from '../../dispatch/trunk-watch.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';

const file = readTrunkFile(join(repository, 'sip-trunk.json'));
const releases = new Releases();
let runDir: string;
let livekit: LivekitServer;
let sip: SipClient;

beforeAll(async () => {
  runDir = mkdtempSync(join(tmpdir(), 'switchboard-provision-'));
  const redis = await startRedis({ runDir });
  releases.add('redis', () => redis.close());
  livekit = await startLivekitServer({ runDir, redisUrl: redis.url });
  releases.add('livekit-server', () => livekit.close());
  sip = new SipClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
});
afterAll(() => releases.close());

test('a fresh LiveKit gets the trunk and the rule of the file, bound to each other, and only once (R1.1)', async () => {
  expect(kinds(await run(file, { dryRun: true }))).toEqual(['create', 'create']);
  expect(await sip.listSipInboundTrunk()).toEqual([]);

  expect(kinds(await run(file))).toEqual(['create', 'create']);
  expect(kinds(await run(file))).toEqual(['none', 'none']);
  const [trunk, ...otherTrunks] = await sip.listSipInboundTrunk();
  const [rule, ...otherRules] = await sip.listSipDispatchRule();
  expect([otherTrunks, otherRules]).toEqual([[], []]);
  expect(trunk?.allowedAddresses).toEqual(['127.0.0.1/32']);
  expect(trunk?.maxCallDuration?.seconds).toBe(3600n);
  expect(rule?.trunkIds).toEqual([trunk?.sipTrunkId]);
  expect(rule?.rule?.rule).toMatchObject({
    case: 'dispatchRuleCallee',
    value: { roomPrefix: 'call', randomize: true },
  });
});

test('a changed file changes what differs and leaves alone what it does not speak of (R1.1)', async () => {
  await run(file);
  const [trunk] = await sip.listSipInboundTrunk();
  if (trunk === undefined) throw new Error('there is no trunk');
  trunk.authUsername = 'exchange';
  trunk.authPassword = 'set by hand';
  await sip.updateSipInboundTrunk(trunk.sipTrunkId, trunk);

  const changed = { ...file, trunk: { ...file.trunk, ringingTimeout: '20s', numbers: ['2001'] } };
  const [ofTrunk, ofRule] = await run(changed);
  expect(ofTrunk).toMatchObject({
    kind: 'update',
    differences: [
      { path: 'ringingTimeout', have: '25s', want: '20s' },
      { path: 'numbers', have: undefined, want: ['2001'] },
    ],
  });
  expect(ofRule?.kind).toBe('none');
  const [after] = await sip.listSipInboundTrunk();
  expect(after).toMatchObject({ authPassword: 'set by hand', ringingTimeout: { seconds: 20n }, numbers: ['2001'] });

  expect(kinds(await run(file))).toEqual(['update', 'none']);
  expect((await sip.listSipInboundTrunk())[0]).toMatchObject({ numbers: [], ringingTimeout: { seconds: 25n } });
});

test('trunk and rule that a Redis lost are put back by one of two replicas, and never changed while they are there (R1.1 R3.5)', async () => {
  await run(file);
  const [first] = await sip.listSipInboundTrunk();
  if (first === undefined) throw new Error('there is no trunk');
  first.authUsername = 'set by hand';
  await sip.updateSipInboundTrunk(first.sipTrunkId, first);
  const log = createLog({ service: 'dispatch', level: 'error', showPii: false });
  const access = { ...livekit, deadlineMs: 5000 };
  const watches = [1, 2].map(() => startTrunkWatch({ file, livekit: access, log, intervalMs: 50, spreadMs: 400 }));
  const bound = async () => (await sip.listSipDispatchRule()).map(({ trunkIds }) => trunkIds);
  try {
    await sip.deleteSipDispatchRule((await sip.listSipDispatchRule())[0]?.sipDispatchRuleId ?? '');
    await expect.poll(bound, { timeout: 5_000 }).toEqual([[first.sipTrunkId]]);
    expect(await sip.listSipInboundTrunk()).toMatchObject([{ authUsername: 'set by hand' }]);
    await sip.deleteSipTrunk(first.sipTrunkId);
    await expect.poll(() => sip.listSipInboundTrunk(), { timeout: 5_000 }).toMatchObject([{ name: file.trunk.name }]);
    const [again] = await sip.listSipInboundTrunk();
    await expect.poll(bound, { timeout: 5_000 }).toEqual([[again?.sipTrunkId]]);
  } finally {
    for (const watch of watches) await watch.close();
  }
});

test('two trunks of the same name are not guessed between (R1.1)', async () => {
  const twins = { ...file, trunk: { ...file.trunk, name: 'twin' } };
  for (const numbers of [['1'], ['2']])
    await sip.createSipInboundTrunk('twin', numbers, { allowedAddresses: ['127.0.0.1/32'] });
  await expect(run(twins)).rejects.toThrow('LiveKit has 2 entries named twin');
});

test('a LiveKit without Redis is told apart from one that is not there (R1.1)', async () => {
  const alone = await startLivekitServer({ runDir: join(runDir, 'alone') });
  try {
    const options = { ...alone, deadlineMs: 5000, dryRun: false };
    await expect(provision(file, options)).rejects.toThrow('runs without Redis');
    await expect(provision(file, { ...options, url: 'ws://127.0.0.1:1' })).rejects.toThrow('does not answer');
  } finally {
    await alone.close();
  }
});

function run(wanted: TrunkFile, { dryRun = false } = {}) {
  return provision(wanted, { ...livekit, deadlineMs: 5000, dryRun });
}

function kinds(changes: Awaited<ReturnType<typeof provision>>): string[] {
  return changes.map(({ kind }) => kind);
}
