/** Webhooks from the call that they tell of to the server of a tenant, over real HTTPS. */
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { admitted, finish, invite } from '../sql/calls.ts';
import { Holder } from '../sql/holder.ts';
import type { Client } from './api-world.ts';
import { fault, noOpenssl, ok, type Received, type Receiver, silence } from './webhook-receiver.ts';
import { addWebhook, patience, type Webhook, WebhookWorld } from './webhook-world.ts';

const caller = '+442079460123';
const deadlineMs = 15_000;
if (noOpenssl)
  process.stderr.write('skipped: webhooks over HTTPS, because there is no openssl to make a certificate\n');

describe.skipIf(noOpenssl)('webhooks', () => {
  let world: WebhookWorld;
  let editor: Client;
  let harbor: string;
  let receiver: Receiver;
  let stop: () => Promise<void>;
  const added: Webhook[] = [];
  beforeAll(async () => {
    world = await WebhookWorld.start();
    editor = await world.api.signIn('harborEditor');
    const [organization] = await world.api.rows('organizations', { slug: 'eq.harbor-pizza' });
    harbor = z.uuid().parse(organization?.['id']);
  });
  afterAll(() => world?.[Symbol.asyncDispose]());
  beforeEach(async () => {
    receiver = await world.openReceiver();
    await world.allow(receiver);
    stop = world.startDeliverer();
  });
  afterEach(async () => {
    await stop();
    for (const { id } of added.splice(0)) await editor.delete(`/webhooks/${id}`);
  });

  const add = async (url = receiver.url, events: readonly string[] = []) => {
    const webhook = await addWebhook(editor, harbor, url, events);
    added.push(webhook);
    return webhook;
  };
  const sendTest = async ({ id }: Webhook) => {
    expect((await editor.post(`/webhooks/${id}/test`)).status).toBe(201);
  };
  const arrived = (count: number, at = receiver) =>
    waitFor(() => at.received.length >= count && at.received.slice(0, count), {
      what: `${count} webhooks at ${at.host}`,
      deadlineMs,
    });
  const { webhooks } = new OpenAI({ apiKey: 'none' });
  const verify = ({ headers, body }: Received, { secret }: Webhook) =>
    webhooks.verifySignature(body, headers as Record<string, string>, secret);

  test('a tenant hears of a call from its beginning to its end, signed with the secret that was shown once (R5.5)', async () => {
    const answer = await editor.post('/webhooks', { organization: harbor, url: `${receiver.url}?from=us`, events: [] });
    expect(answer).toMatchObject({ status: 201, body: { secret: expect.stringMatching(/^whsec_.{44}$/) } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const webhook = z.looseObject({ id: z.uuid(), secret: z.string() }).parse(answer.body);
    added.push(webhook);
    const dispatch = world.database(world.api.supabase.dispatchToken);
    const agent = world.database(world.api.supabase.agentToken);
    const session = await admitted(dispatch, invite('2001', caller));
    await new Holder(agent, 'shard-1').takeAndAnswer(session);
    await finish(agent, session);
    const received = await arrived(3);
    expect(received.map(({ type }) => type).toSorted()).toEqual(['call.answered', 'call.ended', 'call.started']);
    for (const one of received) {
      await verify(one, webhook);
      expect(one).toMatchObject({ path: '/hook?from=us', headers: { 'content-type': 'application/json' } });
      expect(JSON.parse(one.body)).toMatchObject({ data: { id: session, called: '2001', caller } });
    }
    await waitFor(async () => (await world.deliveries(editor, webhook)).every(({ state }) => state === 'delivered'), {
      what: 'three deliveries',
      deadlineMs,
    });
    const seen = [await editor.get('/webhooks'), await editor.get(`/webhooks/${webhook.id}`)];
    expect(JSON.stringify([seen, world.log])).not.toContain(webhook.secret.slice(6));
    expect(world.log.join('')).not.toContain(caller.slice(1));
  });

  test('an endpoint that has a fault is told again, under the same id (R5.5)', async () => {
    const webhook = await add();
    receiver.answer = fault;
    await sendTest(webhook);
    const failed = await world.delivered(editor, webhook, { state: 'waiting', attempts: 1, status: 500 });
    expect(failed).toMatchObject({ error: 'answered 500', deliveredAt: null });
    const waitMs = Date.parse(z.string().parse(failed['nextAttemptAt'])) - Date.now();
    expect(waitMs).toBeGreaterThan(5_000);
    receiver.answer = ok;
    await world.letTimePass(webhook);
    await world.delivered(editor, webhook, { state: 'delivered', attempts: 2, status: 204, error: null });
    const [first, second] = await arrived(2);
    expect(second).toMatchObject({ id: first?.id, body: first?.body });
    for (const one of receiver.received) await verify(one, webhook);
  });

  test('an endpoint that does not answer is given up for now, and told again (R5.5)', async () => {
    const webhook = await add();
    receiver.answer = silence;
    await sendTest(webhook);
    await world.delivered(editor, webhook, { attempts: 1, error: 'no answer within 1 s', status: null });
    receiver.answer = ok;
    await world.letTimePass(webhook);
    await world.delivered(editor, webhook);
    expect(receiver.received).toHaveLength(2);
  });

  test('one that does not answer holds up no other, and gets three at once (R5.5)', async () => {
    const other = await world.openReceiver();
    await world.allow(receiver, other);
    const [hanging, healthy] = [await add(), await add(other.url)];
    const open = { now: 0, most: 0 };
    receiver.answer = (response) => {
      open.now += 1;
      open.most = Math.max(open.most, open.now);
      response.once('close', () => {
        open.now -= 1;
      });
    };
    for (let count = 0; count < 8; count++) await sendTest(hanging);
    await arrived(3);
    await sendTest(healthy);
    await world.delivered(editor, healthy);
    await arrived(7);
    expect(open.most).toBe(3);
  });

  test('what waits is told oldest first (R5.5)', async () => {
    await stop();
    const webhook = await add();
    for (let count = 0; count < 9; count++) await sendTest(webhook);
    const owed = (await world.deliveries(editor, webhook)).map(({ id }) => id).toReversed();
    stop = world.startDeliverer();
    const ids = (await arrived(9)).map(({ id }) => id);
    // Three at once: among those nobody can say which one arrives first.
    const inThrees = (all: readonly unknown[]) => [0, 3, 6].map((from) => new Set(all.slice(from, from + 3)));
    expect(inThrees(ids)).toEqual(inThrees(owed));
  });

  test('what was delivered is sent once more when somebody asks for it over the API (R5.5)', async () => {
    const webhook = await add();
    await sendTest(webhook);
    const { id } = await world.delivered(editor, webhook);
    const replay = (client: Client) => client.post(`/webhook-deliveries/${id}/replay`);
    expect(await replay(editor)).toMatchObject({ status: 200, body: { id, state: 'waiting', attempts: 1 } });
    const [first, second] = await arrived(2);
    expect(second).toMatchObject({ id, body: first?.body });
    await world.delivered(editor, webhook, { state: 'delivered', attempts: 2 });
    expect(await replay(await world.api.signIn('harborViewer'))).toMatchObject({ status: 403 });
    expect(await replay(await world.api.signIn('bianchiOwner'))).toMatchObject({ status: 404 });
    expect(receiver.received).toHaveLength(2);
  });

  test('an address on the inside is neither taken nor sent to, by number or by name (R5.5)', async () => {
    const inside = await world.openReceiver();
    const body = { organization: harbor, url: inside.url };
    const refused = await editor.post('/webhooks', body);
    expect(refused).toMatchObject({ status: 422, body: { fields: [{ path: 'url' }] } });
    await world.allow(receiver, inside);
    const byNumber = await add(inside.url);
    await world.allow(receiver);
    const byName = await add(`https://hooks.example.com:${inside.host.split(':')[1]}/hook`);
    const owners = 'its owner can allow it (owner.private_hosts)';
    for (const [webhook, error] of [
      [byNumber, `not sent: ${inside.host} is on the inside of the platform; ${owners}`],
      [byName, 'not reached: hooks.example.com is on the inside of the platform'],
    ] as const) {
      await sendTest(webhook);
      await world.delivered(editor, webhook, { state: 'waiting', error });
    }
    expect(inside.received).toEqual([]);
  });

  test('an endpoint that sends us elsewhere is not followed (R5.5)', async () => {
    const elsewhere = await world.openReceiver();
    await world.allow(receiver, elsewhere);
    const webhook = await add();
    receiver.answer = (response) => response.writeHead(307, { location: elsewhere.url }).end();
    await sendTest(webhook);
    await world.delivered(editor, webhook, { status: 307, error: 'answered 307, and redirects are not followed' });
    expect(elsewhere.received).toEqual([]);
  });

  test('an answer without an end is not listened to (R5.5)', async () => {
    const webhook = await add();
    const part = 'x'.repeat(64 * 1024);
    let parts = 0;
    const ended = new Promise<void>((resolve) => {
      receiver.answer = (response) => {
        const more = () => {
          parts += 1;
          response.write(part);
        };
        response.on('drain', more).once('close', resolve).writeHead(200);
        more();
      };
    });
    await sendTest(webhook);
    await ended;
    expect((await world.delivered(editor, webhook))['attempts']).toBe(1);
    // What lies in the buffers between us, and no more.
    expect(parts).toBeLessThan(100);
  });

  test('a webhook whose secret cannot be opened is told so in words, and the others are sent (R5.5)', async () => {
    const [broken, sound] = [await add(), await add()];
    await world.change('webhook_endpoints', { id: `eq.${broken.id}` }, { secret_ciphertext: 'x'.repeat(60) });
    for (const webhook of [broken, sound]) await sendTest(webhook);
    await world.delivered(editor, sound);
    const failed = await world.delivered(editor, broken, { attempts: 1, status: null });
    expect(failed['error']).toContain('its secret cannot be opened');
    expect(receiver.received).toHaveLength(1);
  });

  test('a dispatch that stops lets what is being sent arrive, and gives back what does not (R6.3, R5.5)', async () => {
    const slow = await add(receiver.url, ['webhook.test']);
    receiver.answer = (response) =>
      setTimeout(() => ok(response, receiver.received[0] as Received), patience.graceMs / 4);
    await sendTest(slow);
    await arrived(1);
    await stop();
    expect((await world.deliveries(editor, slow))[0]).toMatchObject({ state: 'delivered', attempts: 1 });

    stop = world.startDeliverer();
    receiver.answer = silence;
    await sendTest(slow);
    await arrived(2);
    await stop();
    expect((await world.deliveries(editor, slow))[0]).toMatchObject({ state: 'waiting', attempts: 0, error: null });
    receiver.answer = ok;
    stop = world.startDeliverer();
    await world.delivered(editor, slow, { state: 'delivered', attempts: 1 });
    expect(receiver.received[2]).toMatchObject({ id: receiver.received[1]?.id });
  });

  test('a webhook is changed, switched off and removed by editors, and shown to no viewer (R7.1, R5.5)', async () => {
    const webhook = await add();
    const path = `/webhooks/${webhook.id}`;
    expect(await editor.patch(path, { url: 'https://hooks.example.com/b', events: ['call.ended'] })).toMatchObject({
      status: 200,
      body: { url: 'https://hooks.example.com/b', events: ['call.ended'], organization: { slug: 'harbor-pizza' } },
    });
    expect(await editor.patch(path, { url: 'http://hooks.example.com/b' })).toMatchObject({ status: 422 });
    expect(await editor.patch(path, { events: ['call.rang'] })).toMatchObject({ status: 400 });
    expect(await editor.patch(path, { active: false })).toMatchObject({ body: { active: false } });
    const viewer = await world.api.signIn('harborViewer');
    expect(await viewer.get(path)).toMatchObject({ status: 404 });
    expect(await viewer.get(`${path}/deliveries`)).toMatchObject({ status: 404 });
    expect(await viewer.delete(path)).toMatchObject({ status: 403 });
    const key = await keyWith('calls:read');
    expect(await key.get('/webhooks')).toMatchObject({
      status: 403,
      body: { detail: expect.stringContaining('webhooks:read') },
    });
    expect(await (await keyWith('webhooks:read')).get(path)).toMatchObject({ status: 200 });
    expect(await editor.delete(path)).toMatchObject({ status: 204 });
    expect(await editor.get(path)).toMatchObject({ status: 404 });
  });

  async function keyWith(scope: string): Promise<Client> {
    const owner = await world.api.signIn('harborOwner');
    const made = await owner.post('/api-keys', { organization: harbor, name: scope, scopes: [scope] });
    return world.api.client(z.object({ key: z.string() }).parse(made.body).key);
  }
});
