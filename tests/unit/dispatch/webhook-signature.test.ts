/** Whether a tenant can tell that a delivery is ours: by the library that it has, and by the examples of docs/webhooks.md. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keyOf, newSecret, openSecret, sealSecret } from '../../../dispatch/webhooks/secret.ts';
import { signedHeaders } from '../../../dispatch/webhooks/sign.ts';
import { tenantKeySchema } from '../../../shared/ids.ts';
import { parseKeyRing } from '../../../shared/provider-keys.ts';

const page = readFileSync('docs/webhooks.md', 'utf8');
const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) process.stderr.write('skipped: the Python example of docs/webhooks.md, because there is no python3\n');

const [pizza, studio] = ['harbor-pizza', 'studio-bianchi'].map((slug) => tenantKeySchema.parse(slug)) as [
  ReturnType<typeof tenantKeySchema.parse>,
  ReturnType<typeof tenantKeySchema.parse>,
];
const ring = parseKeyRing('ab'.repeat(32));
const body = '{"type": "ticket.opened", "data": {"title": "Il forno è freddo ☎"}}';
const nowS = () => Math.floor(Date.now() / 1000);
const signed = (secret: string, timestampS = nowS()) => signedHeaders({ id: 'delivery-1', timestampS, body }, secret);

describe('the signature of a delivery', () => {
  test('is the one that Standard Webhooks publishes for its example (R5.5)', () => {
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampS: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(signedHeaders(message, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  test('passes the check of a library that a tenant may have, and of another body or secret it does not (R5.5)', async () => {
    const { webhooks } = new OpenAI({ apiKey: 'none' });
    const secret = newSecret();
    await expect(webhooks.verifySignature(body, signed(secret), secret)).resolves.toBeUndefined();
    await expect(webhooks.verifySignature(`${body} `, signed(secret), secret)).rejects.toThrow('signature');
    await expect(webhooks.verifySignature(body, signed(newSecret()), secret)).rejects.toThrow('signature');
    await expect(webhooks.verifySignature(body, signed(secret, nowS() - 400), secret)).rejects.toThrow('too old');
  });

  test('is made with no secret that is too short, and the refusal does not show it (R7.3, R5.5)', () => {
    for (const secret of ['', 'whsec_', 'whsec_c2hvcnQ=', Buffer.alloc(32).toString('base64')]) {
      expect(() => signed(secret)).toThrow('a secret is whsec_ and 24 to 64 bytes in base64');
      if (secret.length > 6) expect(() => signed(secret)).not.toThrow(secret);
    }
  });
});

describe('the secret of a webhook', () => {
  test('is another one each time, of 32 bytes (R5.5)', () => {
    const secrets = Array.from({ length: 20 }, newSecret);
    expect(new Set(secrets).size).toBe(20);
    for (const secret of secrets) expect([secret.slice(0, 6), keyOf(secret).length]).toEqual(['whsec_', 32]);
  });

  test('is sealed for its tenant and opens for no other (R7.3)', () => {
    const secret = newSecret();
    const sealed = sealSecret(ring, pizza, secret);
    expect(sealed.ciphertext).not.toContain(secret.slice(6));
    expect(openSecret(ring, pizza, sealed)).toBe(secret);
    expect(() => openSecret(ring, studio, sealed)).toThrow('does not open');
  });
});

describe('the examples of docs/webhooks.md', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'switchboard-webhooks-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function example(language: 'js' | 'python'): string {
    const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1];
    if (found === undefined) throw new Error(`no example in ${language}`);
    return found;
  }
  /** Of each: whether it takes it for ours. */
  const cases = (secret: string) => {
    const headers = signed(secret);
    const several = { ...headers, 'webhook-signature': `v1,b3RoZXI= ${headers['webhook-signature']}` };
    return [
      { headers, body, ours: true },
      { headers: several, body, ours: true },
      { headers, body: body.replace('forno', 'fumo'), ours: false },
      { headers: signed(newSecret()), body, ours: false },
      { headers: signed(secret, nowS() - 301), body, ours: false },
      { headers: { ...headers, 'webhook-signature': 'v1,' }, body, ours: false },
    ];
  };

  test('in Node tell ours from others (R5.5)', async () => {
    const file = join(folder, 'ours.mjs');
    writeFileSync(file, example('js'));
    const { isOurs } = (await import(pathToFileURL(file).href)) as {
      isOurs(secret: string, headers: object, body: string): boolean;
    };
    const secret = newSecret();
    for (const { headers, body, ours } of cases(secret)) expect(isOurs(secret, headers, body)).toBe(ours);
  });

  test.skipIf(!hasPython)('in Python tell ours from others (R5.5)', () => {
    writeFileSync(join(folder, 'ours.py'), example('python'));
    const secret = newSecret();
    const told = cases(secret);
    const program = [
      'import json, sys, ours',
      'secret, cases = json.load(sys.stdin)',
      'print(json.dumps([ours.is_ours(secret, one["headers"], one["body"].encode()) for one in cases]))',
    ].join('\n');
    const input = JSON.stringify([secret, told]);
    const said = execFileSync('python3', ['-c', program], { cwd: folder, input, encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual(told.map(({ ours }) => ours));
  });
});
