import { createRoute, z } from '@hono/zod-openapi';
import { AccessToken } from 'livekit-server-sdk';
import { reasonCodes } from '../../../shared/reasons.ts';
import type { ApiOptions } from '../api.ts';
import { needs } from '../caller.ts';
import { numberRefSchema, organizationRefSchema, timestamp } from '../documents.ts';
import {
  done,
  flagField,
  idParams,
  json,
  organizationField,
  pageFields,
  pageSchema,
  readPage,
  timeField,
  wordField,
} from '../listing.ts';
import { ApiProblem, found, missing } from '../problem.ts';
import { newResource } from '../resource.ts';
import { ticketSchema } from './tickets.ts';

const reasonSchema = z.enum(reasonCodes as [(typeof reasonCodes)[number], ...(typeof reasonCodes)[number][]]);

export const callSchema = z
  .object({
    id: z.uuid(),
    state: z.enum(['pending', 'active', 'ended']),
    caller: z.string().nullable().openapi({ description: 'With its middle hidden from viewers.' }),
    called: z.string(),
    number: numberRefSchema.nullable(),
    organization: organizationRefSchema.nullable(),
    startedAt: timestamp,
    answeredAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    talkMs: z.int().nullable(),
    endReason: reasonSchema.nullable(),
    worker: z.string().nullable(),
    lastAnswerMs: z
      .number()
      .nullable()
      .openapi({ description: 'Of a live call: what its caller waited for the last answer.' }),
    tickets: z.int(),
    cost: z.number().nullable(),
  })
  .openapi('Call');
const waited = z.number().nullable();
const latencySchema = z
  .object({ totalMs: z.number(), sttMs: waited, turnMs: waited, llmMs: waited, ttsMs: waited })
  .openapi('Latency', {
    description:
      'From the end of the question to the beginning of this answer: until its words were known, until it was taken to be over, ' +
      'until the first word of the model, until the first sound of the voice. The rest is the platform’s own share.',
  });
const detailSchema = callSchema
  .extend({
    takes: z.int(),
    admission: z.enum(['counted', 'offline']),
    configRevision: z.int().nullable(),
    configSource: z.enum(['current', 'stale', 'last_good']).nullable(),
    recorded: z.boolean(),
    timings: z.record(z.string(), z.number()),
    turns: z.array(
      z.object({
        position: z.int(),
        role: z.enum(['caller', 'agent']),
        text: z.string(),
        atMs: z.int(),
        latency: latencySchema.nullable(),
      }),
    ),
    transfers: z.array(z.object({ destination: z.string(), outcome: z.string(), atMs: z.int() })),
    usage: z.array(
      z.object({
        kind: z.string(),
        provider: z.string(),
        model: z.string(),
        unit: z.string(),
        amount: z.number(),
        cost: z.number().nullable(),
      }),
    ),
    ticketList: z.array(ticketSchema),
  })
  .openapi('CallDetail');
const recordingsSchema = z.object({
  recordings: z
    .array(
      z.object({
        id: z.uuid(),
        beginsAt: timestamp,
        lengthMs: z.int(),
        bytes: z.int(),
        deleteAfter: timestamp,
        href: z.string().openapi({ description: 'Where the sound is, below the address of the API.' }),
      }),
    )
    .openapi({ description: 'One for each agent that had the call; none for viewers.' }),
});
const wholeSchema = detailSchema.extend(recordingsSchema.shape).openapi('WholeCall');
const list = { name: 'api_calls', item: callSchema };
const liveSchema = z.object({ calls: z.array(callSchema) });

const count = z.object({ reason: z.string(), count: z.int() });
const statisticsSchema = z
  .object({
    calls: z.int(),
    answered: z.int(),
    refused: z.int(),
    averageTalkMs: z.number().nullable(),
    answerMs: z.object({ p50: z.number().nullable(), p95: z.number().nullable() }),
    days: z.array(
      z.object({
        day: z.string(),
        calls: z.int(),
        answered: z.int(),
        refused: z.int(),
        averageTalkMs: z.number().nullable(),
      }),
    ),
    hours: z.array(z.object({ weekday: z.int(), hour: z.int(), calls: z.int() })),
    refusals: z.array(count),
    ends: z.array(count),
  })
  .openapi('Statistics');

const tags = ['calls'];
const live = createRoute({
  method: 'get',
  path: '/calls/live',
  tags,
  summary: 'The calls on the line now',
  ...needs('calls:read'),
  request: { query: z.object({ organization: organizationField }) },
  responses: json(liveSchema, 'Longest first.'),
});
const statistics = createRoute({
  method: 'get',
  path: '/calls/statistics',
  tags,
  summary: 'Calls a day, busiest hours, how long they take, why they were refused',
  ...needs('calls:read'),
  request: {
    query: z.object({
      organization: organizationField,
      from: z.iso.datetime({ offset: true }),
      to: z.iso.datetime({ offset: true }),
      timezone: z.string().max(64).default('UTC'),
    }),
  },
  responses: json(statisticsSchema, 'By the clock of that time zone.'),
});
const readAll = createRoute({
  method: 'get',
  path: '/calls',
  tags,
  summary: 'The history of calls',
  ...needs('calls:read'),
  request: {
    query: z.object({
      ...pageFields,
      organization: organizationField,
      number: z.uuid().optional(),
      reason: reasonSchema.optional(),
      answered: flagField,
      tickets: flagField,
      from: timeField,
      to: timeField,
      caller: wordField,
      words: wordField,
    }),
  },
  responses: json(pageSchema(callSchema), 'Newest first.'),
});
const read = createRoute({
  method: 'get',
  path: '/calls/{id}',
  tags,
  summary: 'Everything that is known of a call: transcript, times, usage, tickets',
  ...needs('calls:read'),
  request: { params: idParams },
  responses: json(wholeSchema, 'The call.'),
});
const hangUp = createRoute({
  method: 'post',
  path: '/calls/{id}/hang-up',
  tags,
  summary: 'End a live call, within five seconds',
  ...needs('calls:write'),
  request: { params: idParams },
  responses: done,
});
const listen = createRoute({
  method: 'post',
  path: '/calls/{id}/listen',
  tags,
  summary: 'Listen in to a live call (owners); it is written down',
  ...needs('calls:write'),
  request: { params: idParams },
  responses: json(
    z.object({ url: z.string(), token: z.string() }),
    'Where to join as somebody whom nobody in the call sees or hears.',
  ),
});

const listenerLifeS = 600;

export function callsApi({ livekit, livekitPublicUrl }: Pick<ApiOptions, 'livekit' | 'livekitPublicUrl'>) {
  return newResource()
    .openapi(live, async (context) => {
      const args = { p_query: context.req.valid('query') };
      return context.json(await context.get('database').row('api_live_calls', args, liveSchema), 200);
    })
    .openapi(statistics, async (context) => {
      const args = { p_query: context.req.valid('query') };
      return context.json(await context.get('database').row('api_statistics', args, statisticsSchema), 200);
    })
    .openapi(readAll, async (context) =>
      context.json(await readPage(context.get('database'), list, context.req.valid('query')), 200),
    )
    .openapi(read, async (context) => {
      const database = context.get('database');
      const args = { p_id: context.req.valid('param').id };
      const [call, sound] = await Promise.all([
        database.row('api_call', args, detailSchema.nullable()),
        database.row('api_call_recordings', args, recordingsSchema),
      ]);
      return context.json({ ...found(call, 'call'), ...sound }, 200);
    })
    .openapi(hangUp, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_end_call', args, z.boolean()))) throw missing('live call');
      return context.body(null, 204);
    })
    .openapi(listen, async (context) => {
      const caller = context.get('caller');
      if (caller.kind !== 'person') throw new ApiProblem('forbidden', 'Only people listen in.');
      const args = { p_id: context.req.valid('param').id };
      const room = found(await context.get('database').row('api_listen', args, z.string().nullable()), 'live call');
      const token = new AccessToken(livekit.apiKey, livekit.apiSecret, {
        identity: `listener-${caller.id}`,
        ttl: listenerLifeS,
      });
      token.addGrant({
        roomJoin: true,
        room,
        hidden: true,
        canPublish: false,
        canPublishData: false,
        canSubscribe: true,
      });
      context.header('cache-control', 'no-store');
      return context.json({ url: livekitPublicUrl, token: await token.toJwt() }, 200);
    });
}
