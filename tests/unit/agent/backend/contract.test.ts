/** What docs/backend.md promises to whoever writes a backend, with its own examples. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Backend } from '../../../../agent/backend/backend.ts';
import { prepare } from '../../../../agent/backend/request.ts';
import { resolveConfig } from '../../../../shared/config/index.ts';
import { createLog } from '../../../../shared/log.ts';
import { json, openBackendServer } from './backend-server.ts';

const page = readFileSync('docs/backend.md', 'utf8');
const signingKey = 'kéy of the tenant';
const hasPython = spawnSync('python3', ['--version']).status === 0;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-backend-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function example(language: 'js' | 'python' | 'json'): string {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
  if (found === undefined) throw new Error(`no example in ${language}`);
  return found;
}

interface Received {
  readonly signature: string;
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A request as a server gets it. */
async function received(method: 'GET' | 'POST', nowMs: number): Promise<Received> {
  const server = await openBackendServer((response) => json(response, {}));
  const config = { ...base(), owner: { private_hosts: [server.host], platform_keys: false } };
  const backend = new Backend({
    config,
    keys: new Map([['signing', signingKey]]),
    identity: { tenant: 'harbor-pizza', session: 'session-1' } as never,
    clock: { now: () => nowMs },
    log: createLog({ service: 'test', level: 'silent', showPii: false }),
  });
  const prepared = prepare({ method, path: '/orders' }, { name: 'Zoë & Søn', count: 2 }, server.url);
  if (prepared.outcome === 'unusable') throw new Error(prepared.problem);
  await backend.ask(prepared.request, 2_000);
  await backend.close();
  await server.close();
  const [asked] = server.asked;
  if (asked === undefined) throw new Error('nothing was asked');
  return { ...asked, signature: String(asked.headers['x-switchboard-signature']) };
}

function base() {
  const instance = { backend: { url: 'https://api.example.com', signing_key: 'signing' } };
  const resolved = resolveConfig({ platform: {}, organization: {}, instance, number: {} });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  return resolved.config;
}

type Verify = (request: Received) => boolean;

function nodeExample(): Verify {
  const file = join(folder, 'is-ours.mjs');
  writeFileSync(file, example('js'));
  const script = `import { isOurs } from '${pathToFileURL(file)}';
    const [key, request] = JSON.parse(process.argv[1]); console.log(isOurs(key, request));`;
  return (request) => {
    const args = ['--input-type=module', '-e', script, JSON.stringify([signingKey, request])];
    return execFileSync(process.execPath, args, { encoding: 'utf8' }).trim() === 'true';
  };
}

function pythonExample(): Verify {
  writeFileSync(join(folder, 'is_ours.py'), example('python'));
  const script = `import json, sys; from is_ours import is_ours; key, r = json.loads(sys.argv[1]);
print(is_ours(key, r['signature'], r['method'], r['path'], r['body']))`;
  return (request) => {
    const args = ['-c', script, JSON.stringify([signingKey, request])];
    const env = { PATH: '/usr/bin:/bin', PYTHONPATH: folder, PYTHONUTF8: '1' };
    return execFileSync('python3', args, { encoding: 'utf8', env }).trim() === 'True';
  };
}

test.for([
  ['Node', nodeExample],
  ['Python', pythonExample],
] as const)('the %s example tells our requests from others (R4.4)', async ([language, open], context) => {
  if (language === 'Python' && !hasPython) context.skip('python3 is not installed');
  const verify = open();
  for (const method of ['GET', 'POST'] as const) {
    const request = await received(method, Date.now());
    expect(verify(request)).toBe(true);
    expect(verify({ ...request, path: `${request.path}x` })).toBe(false);
    expect(verify({ ...request, body: `${request.body} ` })).toBe(false);
    expect(verify({ ...request, method: 'PUT' })).toBe(false);
    expect(verify({ ...request, signature: request.signature.replace(/v1=./, 'v1=g') })).toBe(false);
  }
  expect(verify(await received('POST', Date.now() - 10 * 60_000))).toBe(false);
});

test('the configuration of the example passes its checks (R4.4)', () => {
  const instance = JSON.parse(example('json'));
  expect(resolveConfig({ platform: {}, organization: {}, instance, number: {} })).toMatchObject({ outcome: 'usable' });
});
