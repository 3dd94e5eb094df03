/** What was recorded of calls, over the API: who hears it, who removes it, and who is told that there is anything. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { openDatabase } from '../../shared/db.ts';
import { addCall } from './api-history.ts';
import { ApiWorld, type Client, fieldOf, itemsOf } from './api-world.ts';

let world: ApiWorld;
let owner: Client;
let editor: Client;
let viewer: Client;
let neighbour: Client;
beforeAll(async () => {
  world = await ApiWorld.start();
  [owner, editor, viewer, neighbour] = await Promise.all([
    world.signIn('harborOwner'),
    world.signIn('harborEditor'),
    world.signIn('harborViewer'),
    world.signIn('bianchiOwner'),
  ]);
});
afterAll(() => world?.[Symbol.asyncDispose]());

const recordingSchema = z.looseObject({ id: z.uuid(), href: z.string() });
const parts = ['OggS is how it begins, ', 'and this is how it ends'];
let call: string;
let href: string;

/** A call of a minute ago that its agent recorded. */
beforeEach(async () => {
  call = await addCall(world, {
    tenant: 'harbor-pizza',
    number: '2001',
    caller: '+441632960301',
    startedAt: new Date(Date.now() - 60_000).toISOString(),
    talkMs: 41_000,
    endReason: 'caller_hung_up',
  });
  const { url, anonKey, agentToken: token } = world.supabase;
  const agent = openDatabase({ url, anonKey, token, deadlineMs: 10_000 });
  const p_recording = {
    begins_at: new Date().toISOString(),
    length_ms: 41_000,
    retention_days: 30,
    parts: parts.length,
  };
  for (const [at, part] of parts.entries()) {
    const p_sound = Buffer.from(part).toString('base64');
    const args = { p_session_id: call, p_worker: 'shard-1', p_recording, p_part: at + 1, p_sound };
    await agent.row('keep_recording', args, z.looseObject({ kept: z.literal(true) }));
  }
  const [recording] = z.array(recordingSchema).parse(await recordingsSeenBy(editor));
  href = recording?.href ?? '';
});

const recordingsSeenBy = async (client: Client) => fieldOf(await client.get(`/calls/${call}`), 'recordings');

describe('a recorded call', () => {
  test('is heard by an editor, whole and in order, and it is written down who heard it (R4.7, R5.4)', async () => {
    const response = await editor.open('GET', href);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'audio/ogg']);
    const sound = await response.text();
    expect(sound).toBe(parts.join(''));
    expect(response.headers.get('content-length')).toBe(String(sound.length));
    const [newest] = itemsOf(await owner.get('/audit?limit=1'));
    expect(newest).toMatchObject({ action: 'recording.played', target: call });
  });

  test('is not a viewer’s to hear, nor a neighbour’s, and neither is told of it (R4.7, R7.1)', async () => {
    expect(await recordingsSeenBy(viewer)).toEqual([]);
    expect(await viewer.get(href)).toMatchObject({ status: 403 });
    expect(await neighbour.get(href)).toMatchObject({ status: 404 });
    expect(await neighbour.delete(href)).toMatchObject({ status: 404 });
  });

  test('is removed by an owner and by nobody below, and is gone then (R4.7, R5.5)', async () => {
    expect(await editor.delete(href)).toMatchObject({ status: 403 });
    expect(await owner.delete(href)).toMatchObject({ status: 204 });
    expect(await recordingsSeenBy(owner)).toEqual([]);
    expect(await owner.get(href)).toMatchObject({ status: 404 });
    const [newest] = itemsOf(await owner.get('/audit?limit=1'));
    expect(newest).toMatchObject({ action: 'recording.removed' });
  });
});
