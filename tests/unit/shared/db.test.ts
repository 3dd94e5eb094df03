import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { DatabaseAway, DatabaseFault, openDatabase } from '../../../shared/db.ts';

const row = z.object({ taken: z.boolean() });

test('a database that is not there is away, said within the deadline and not retried in silence (R2.2)', async () => {
  const gone = await listen(() => undefined);
  await gone.close();
  await expect(databaseAt(gone.port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
});

test('a database that does not answer in time is away (R2.2)', async () => {
  let asked = 0;
  const { port } = await listen(() => {
    asked += 1;
  });
  await expect(databaseAt(port, 100).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
  expect(asked).toBe(1);
});

test('the deadline holds also when memory is collected while the database is silent (R2.2)', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const collecting = setInterval(collect, 20);
  onTestFinished(() => clearInterval(collecting));
  const { port } = await listen(() => undefined);
  await expect(databaseAt(port, 300).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
});

test('a gateway that cannot reach the database counts as away (R2.2)', async () => {
  const { port } = await listen((_request, response) => response.writeHead(503).end('upstream down'));
  await expect(databaseAt(port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
});

test('an error of the function itself is a fault that names the function (R2.2)', async () => {
  const { port } = await listen((_request, response) => {
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ message: 'function not found', code: 'PGRST202' }));
  });
  const calling = databaseAt(port).rows('take_cal', {}, row);
  await expect(calling).rejects.toBeInstanceOf(DatabaseFault);
  await expect(calling).rejects.toThrow('take_cal: function not found (status 404, code PGRST202)');
});

test('a row of another shape than agreed is a fault, not a guess (R2.2)', async () => {
  const { port } = await listen((_request, response) => answer(response, [{ taken: 'yes' }]));
  await expect(databaseAt(port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseFault);
});

test('where one row is agreed, none and two are faults (R2.2)', async () => {
  for (const rows of [[], [{ taken: true }, { taken: true }]]) {
    const { port } = await listen((_request, response) => answer(response, rows));
    await expect(databaseAt(port).row('take_call', {}, row)).rejects.toThrow(`take_call returned ${rows.length} rows`);
  }
});

test("each service calls with its own role's token and the project's key (R7.1)", async () => {
  let headers: Record<string, unknown> = {};
  const { port } = await listen((request, response) => {
    headers = request.headers;
    answer(response, [{ taken: true }]);
  });
  await databaseAt(port).row('take_call', {}, row);
  expect(headers).toMatchObject({ authorization: 'Bearer role-token', apikey: 'anon-key' });
});

function databaseAt(port: number, deadlineMs = 2000) {
  return openDatabase({ url: `http://127.0.0.1:${port}`, anonKey: 'anon-key', token: 'role-token', deadlineMs });
}

function answer(response: Parameters<RequestListener>[1], body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function listen(handler: RequestListener) {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = async () => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  return { port: (server.address() as AddressInfo).port, close };
}
