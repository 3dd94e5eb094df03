/** News without asking: a page that listens sees a call come and go, and a number change. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { waitFor } from '../../dev/stack/wait.ts';
import { addLiveCall } from './api-history.ts';
import { ApiWorld, type Client, itemsOf } from './api-world.ts';

let world: ApiWorld;
beforeAll(async () => {
  world = await ApiWorld.start();
});
afterAll(() => world?.[Symbol.asyncDispose]());

interface Heard {
  readonly event: string;
  readonly data: unknown;
}

/** Listens until it is disposed of. */
async function listen(client: Client) {
  const stop = new AbortController();
  const response = await client.open('GET', '/events', {}, stop.signal);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const heard: Heard[] = [];
  const reading = readEvents(response, (event) => heard.push(event)).catch((thrown: unknown) => {
    if (!stop.signal.aborted) throw thrown;
  });
  return {
    heard,
    ended: reading,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}

async function readEvents(response: Response, onEvent: (event: Heard) => void): Promise<void> {
  let text = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined) onEvent({ event, data: JSON.parse(data ?? 'null') });
    }
  }
}

const callsSchema = z.object({ calls: z.array(z.object({ id: z.string() })) });
const idsOf = (heard: readonly Heard[]) =>
  heard.flatMap(({ event, data }) => (event === 'calls' ? [callsSchema.parse(data).calls.map(({ id }) => id)] : []));

test('a page hears a call of its business come, and no call of a neighbour (R5.3)', async () => {
  await using page = await listen(await world.signIn('harborViewer'));
  await waitFor(() => page.heard.length > 0, { what: 'the first news', deadlineMs: 10_000 });
  await addLiveCall(world, { number: '+390612345678', caller: '+39021234567' });
  const id = await addLiveCall(world, { number: '2001', caller: '+441632960301' });
  await waitFor(() => idsOf(page.heard).at(-1)?.includes(id), { what: 'news of the call', deadlineMs: 10_000 });
  expect(idsOf(page.heard)).toEqual([[], [id]]);
});

test('a page hears that a number was changed (R5.1)', async () => {
  await using page = await listen(await world.signIn('harborViewer'));
  await waitFor(() => page.heard.length > 0, { what: 'the first news', deadlineMs: 10_000 });
  const editor = await world.signIn('harborEditor');
  const [number] = itemsOf(await editor.get('/numbers'));
  await editor.patch(`/numbers/${number?.['id']}`, { label: 'orders!' });
  await waitFor(() => page.heard.some(({ event }) => event === 'numbers'), { what: 'the news', deadlineMs: 10_000 });
});

test('pages that listen do not keep dispatch from stopping (R6.3)', async () => {
  await using stopped = await ApiWorld.start();
  await using page = await listen(await stopped.signIn('harborViewer'));
  await waitFor(() => page.heard.length > 0, { what: 'the first news', deadlineMs: 10_000 });
  stopped.stopping.abort();
  await page.ended;
});
