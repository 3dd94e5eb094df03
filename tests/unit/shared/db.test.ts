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

test.each([408, 429, 502, 503, 504, 520, 522, 530, 540, 544])(
  'whoever stands before the database and answers %d could not reach it: it is away (R2.2)',
  async (status) => {
    const { port } = await listen((_request, response) => response.writeHead(status).end('upstream down'));
    await expect(databaseAt(port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
  },
);

test.each(['08006', '40P01', '53300', '55P03', '57014', '57P01', '57P02', '57P03'])(
  'a call that the database gave up for now, with SQLSTATE %s, may be made again: it is away (R2.2)',
  async (code) => {
    const { port } = await listen((_request, response) => refuse(response, 500, { message: 'not now', code }));
    await expect(databaseAt(port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseAway);
  },
);

test.each([
  [500, 'XX000'],
  [500, '55000'],
  [500, '57P04'],
  [501, ''],
  [409, '23503'],
  [400, 'P0001'],
])('a call that would fail again, answered with %d and code "%s", is a fault (R2.2)', async (status, code) => {
  const { port } = await listen((_request, response) => refuse(response, status, { message: 'never', code }));
  await expect(databaseAt(port).rows('take_call', {}, row)).rejects.toBeInstanceOf(DatabaseFault);
});

test('an error of the function itself is a fault that names the function (R2.2)', async () => {
  const { port } = await listen((_request, response) =>
    refuse(response, 404, { message: 'function not found', code: 'PGRST202' }),
  );
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

function refuse(response: Parameters<RequestListener>[1], status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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
