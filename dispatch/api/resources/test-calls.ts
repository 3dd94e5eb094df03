/** A call from a browser to a number, by the way that every call takes: LiveKit tells dispatch of it, and dispatch admits it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createRoute, z } from '@hono/zod-openapi';
import { signTicket } from '../../room-ticket.ts';
import type { ApiOptions } from '../api.ts';
import { needs } from '../caller.ts';
import { idParams, json, readOne } from '../listing.ts';
import { ApiProblem } from '../problem.ts';
import { newResource } from '../resource.ts';
import { numberSchema } from './numbers.ts';

const route = createRoute({
  method: 'post',
  path: '/numbers/{id}/test-call',
  tags: ['numbers'],
  summary: 'Call a number from here',
  ...needs('numbers:write'),
  request: { params: idParams },
  responses: json(
    z.object({ url: z.string(), token: z.string(), room: z.string() }),
    'Where to join; whoever does is the caller.',
  ),
});

const ticketLifeS = 120;
const emptyTimeoutSeconds = 20;
const departureTimeoutSeconds = 5;

type TestCallOptions = Pick<ApiOptions, 'livekit' | 'livekitPublicUrl' | 'roomPrefix'>;

export function testCallsApi({ livekit, livekitPublicUrl, roomPrefix }: TestCallOptions) {
  return newResource().openapi(route, async (context) => {
    const list = { name: 'api_numbers', item: numberSchema };
    const number = await readOne(context.get('database'), list, context.req.valid('param').id);
    if (number.phoneNumber === '*') throw new ApiProblem('invalid', 'Any number is no number that can be called.');
    const caller = context.get('caller');
    const membership = caller.organizations.find(({ id }) => id === number.organization?.id);
    if (!caller.isPlatformAdmin && membership?.role === 'viewer') throw new ApiProblem('forbidden');
    const name = caller.kind === 'person' ? (caller.email ?? 'browser') : caller.name;
    const room = `${roomPrefix}_${number.phoneNumber}_${randomBytes(6).toString('base64url')}`;
    const ticket = {
      room,
      identity: `sip_browser-${randomUUID()}`,
      attributes: {
        'sip.callIDFull': `${randomUUID()}@browser`,
        'sip.callTag': randomBytes(6).toString('hex'),
        'sip.callStatus': 'ringing',
        'sip.trunkPhoneNumber': number.phoneNumber,
        'sip.phoneNumber': `browser:${name}`,
      },
      emptyTimeoutSeconds,
      departureTimeoutSeconds,
    };
    context.header('cache-control', 'no-store');
    return context.json({ url: livekitPublicUrl, token: await signTicket(livekit, ticket, ticketLifeS), room }, 200);
  });
}
