import type { LookupFunction } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { InsideAddress, outsideAgent } from '../../../shared/outside-agent.ts';
import { json, openBackendServer } from '../agent/backend/backend-server.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function openGuard(privateHosts: readonly string[], addresses: readonly string[] = []) {
  const server = await openBackendServer((response) => json(response, {}));
  let lookups = 0;
  /** A name server that says what its owner likes, each time something else. */
  const lookup: LookupFunction = (_hostname, _options, done) => {
    const address = addresses[lookups++] ?? '127.0.0.1';
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  };
  const agent = outsideAgent(
    privateHosts.map((host) => host.replace('PORT', server.host.split(':')[1] ?? '')),
    { lookup },
  );
  closing.push(() => agent.destroy(), server.close);
  const port = server.host.split(':')[1] ?? '';
  const ask = async (host: string) => {
    const failure = await agent
      .request({ origin: `http://${host}:${port}`, path: '/', method: 'GET', signal: AbortSignal.timeout(1_500) })
      .then(() => undefined)
      .catch((thrown: unknown) => thrown);
    return failure === undefined ? 'answered' : failure instanceof InsideAddress ? 'inside' : 'failed';
  };
  return { ask, asked: server.asked };
}

describe('the way to a tenant’s server', () => {
  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0'])(
    'does not lead to the address %s on the inside (R4.4)',
    async (host) => {
      const { ask, asked } = await openGuard([]);
      expect(await ask(host)).toBe('inside');
      expect(asked).toEqual([]);
    },
  );

  test('does not lead inside by a name either, whatever the name said the time before (R4.4)', async () => {
    const { ask, asked } = await openGuard([], ['192.0.2.1', '127.0.0.1', '::1', '169.254.169.254']);
    expect(await ask('rebinding.example.com')).toBe('failed');
    for (let again = 0; again < 3; again++) expect(await ask('rebinding.example.com')).toBe('inside');
    expect(asked).toEqual([]);
  });

  test('leads to the very host and port that the owner allowed, and to no other port of it (R4.4)', async () => {
    const { ask, asked } = await openGuard(['127.0.0.1:PORT']);
    expect(await ask('127.0.0.1')).toBe('answered');
    expect(await ask('named.example.com')).toBe('inside');
    expect(asked).toHaveLength(1);
    const other = await openGuard(['127.0.0.1:1']);
    expect(await other.ask('127.0.0.1')).toBe('inside');
  });
});
