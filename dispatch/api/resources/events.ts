/** News as they happen: server-sent events, so that a page need not ask. */
import { setTimeout as pause } from 'node:timers/promises';
import { createRoute, z } from '@hono/zod-openapi';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Database } from '../../../shared/db.ts';
import { coerceError } from '../../../shared/faults.ts';
import type { ApiOptions } from '../api.ts';
import { hashOf, needs } from '../caller.ts';
import { organizationField } from '../listing.ts';
import { newResource } from '../resource.ts';

const route = createRoute({
  method: 'get',
  path: '/events',
  tags: ['events'],
  summary: 'Live calls and saved configurations, as they change',
  description:
    'Events: `calls`, the document of GET /calls/live whenever it changes; `numbers`, when a number or a configuration that may ' +
    'be seen was changed; `away`, when the database does not answer. A comment comes each 15 s.',
  ...needs('calls:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: { 200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } } },
});

const newsSchema = z.object({ calls: z.array(z.json()), revision: z.number() });
type News = z.infer<typeof newsSchema>;
const lookEveryMs = 1_000;
const sayAliveEveryMs = 15_000;

type EventsOptions = Pick<ApiOptions, 'log' | 'stopping'>;

export function eventsApi(options: EventsOptions) {
  return newResource().openapi(route, (context) => {
    const database = context.get('database');
    const args = { p_query: context.req.valid('query') };
    // A stream has no type of its own among the answers of a route.
    return streamSSE(context, (stream) => tellNews(stream, () => readNews(database, args, options), options)) as never;
  });
}

/** Undefined: the database does not say. */
async function readNews(
  database: Database,
  args: Readonly<Record<string, unknown>>,
  { log }: EventsOptions,
): Promise<News | undefined> {
  try {
    return await database.row('api_news', args, newsSchema);
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'no news for a page');
    return undefined;
  }
}

/** Until the page or dispatch goes. */
async function tellNews(
  stream: SSEStreamingApi,
  ask: () => Promise<News | undefined>,
  { stopping }: EventsOptions,
): Promise<void> {
  let told: Told = { calls: '', revision: null, isAway: false };
  let aliveAtMs = performance.now();
  while (!stream.aborted && !stopping.aborted) {
    told = await tell(stream, told, await ask());
    if (performance.now() - aliveAtMs > sayAliveEveryMs) {
      aliveAtMs = performance.now();
      await stream.write(': alive\n\n');
    }
    await untilNextLook(stopping);
  }
}

/** What a page knows already. */
interface Told {
  /** Hash of the list. */
  readonly calls: string;
  /** Null: nothing yet. */
  readonly revision: number | null;
  readonly isAway: boolean;
}

async function tell(stream: SSEStreamingApi, told: Told, news: News | undefined): Promise<Told> {
  if (news === undefined) {
    if (!told.isAway) await stream.writeSSE({ event: 'away', data: '{}' });
    return { ...told, isAway: true };
  }
  const data = JSON.stringify({ calls: news.calls });
  const calls = hashOf(data);
  if (calls !== told.calls) await stream.writeSSE({ event: 'calls', data });
  if (told.revision !== null && told.revision !== news.revision)
    await stream.writeSSE({ event: 'numbers', data: '{}' });
  return { calls, revision: news.revision, isAway: false };
}

async function untilNextLook(stopping: AbortSignal): Promise<void> {
  try {
    await pause(lookEveryMs, undefined, { signal: stopping });
  } catch (thrown) {
    if (!stopping.aborted) throw thrown;
  }
}
