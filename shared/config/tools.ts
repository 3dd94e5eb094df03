/** What an agent may do beside talking. */
import { z } from 'zod';
import { parseDestinationUri } from '../destination.ts';
import { destinationId, sentence } from './fields.ts';
import { phrases } from './phrases.ts';

const switched = (on: boolean, description: string) =>
  z
    .strictObject({
      enabled: z
        .boolean()
        .default(on)
        .meta({ description, examples: [!on] }),
    })
    .prefault({});

const destination = z.strictObject({
  id: destinationId.meta({ description: 'Name for the model and for other settings.', examples: ['front-desk'] }),
  label: sentence(80).meta({ description: 'As the caller hears it.', examples: ['our front desk'] }),
  description: z
    .string()
    .max(500)
    .default('')
    .meta({ description: 'When to choose it, for the model.', examples: ['For complaints and refunds.'] }),
  uri: z
    .string()
    .superRefine((text, context) => {
      const parsed = parseDestinationUri(text);
      if (parsed.kind === 'malformed') context.addIssue({ code: 'custom', message: parsed.problem });
    })
    .meta({ description: 'Where it is: sip:, sips:, tel: or a number in E.164.', examples: ['tel:+390612345678'] }),
  enabled: z
    .boolean()
    .default(true)
    .meta({ description: 'Switched off, it is never offered.', examples: [false] }),
  priority: z
    .int()
    .min(-1000)
    .max(1000)
    .default(0)
    .meta({ description: 'Greatest first, where several would do.', examples: [10] }),
});
export type Destination = z.infer<typeof destination>;

const action = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/, 'a name is lower case letters, digits and underscores')
    .meta({ description: 'Name for the model.', examples: ['find_order'] }),
  description: sentence(1000).meta({ description: 'When to use it, for the model.', examples: ['Finds an order.'] }),
  method: z
    .enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
    .default('POST')
    .meta({ description: 'HTTP method; only GET is tried again when it fails.', examples: ['GET'] }),
  path: z
    .string()
    .max(500)
    .regex(/^\/(?!\/)[^\s\\?#]*$/, 'a path begins with one slash; parts like {order_id} are filled from the parameters')
    .meta({ description: 'Below backend.url.', examples: ['/orders/{order_id}'] }),
  parameters: z
    .record(z.string(), z.json())
    .default({ type: 'object', properties: {}, additionalProperties: false })
    .meta({
      description: 'JSON Schema of an object: what the model has to give.',
      examples: [{ type: 'object', properties: { order_id: { type: 'string' } }, required: ['order_id'] }],
    }),
  timeout_ms: z
    .int()
    .min(500)
    .max(15_000)
    .default(4000)
    .meta({ description: 'Longest wait.', examples: [2000] }),
});
export type Action = z.infer<typeof action>;

export const toolFields = {
  tools: z
    .strictObject({
      end_call: switched(true, 'The agent may hang up after saying goodbye.'),
      ticket: switched(false, 'The agent may open a ticket.'),
      message: switched(false, 'The agent may take a message.'),
      collect_digits: switched(false, 'The agent may ask for digits on the keypad.'),
      switch_language: switched(false, 'The agent may go on in another of `languages`.'),
      business_hours: switched(false, 'The agent may look up whether the business is open.'),
      transfer: z
        .strictObject({
          enabled: z
            .boolean()
            .default(false)
            .meta({ description: 'The agent may put the caller through.', examples: [true] }),
          confirm: z
            .boolean()
            .default(true)
            .meta({ description: 'Whether the caller has to agree first.', examples: [false] }),
          handoff: sentence(300)
            .default(phrases.en.handoff)
            .meta({
              description:
                "Said in full before; {{label}} is the destination's. Left out: a sentence in the agent's language.",
              examples: ['One moment, I am connecting you with {{label}}.'],
            }),
          destinations: z
            .array(destination)
            .max(50)
            .default([])
            .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'two destinations have the same id')
            .meta({
              description: 'Where callers may be put through, and nowhere else.',
              examples: [[{ id: 'front-desk', label: 'our front desk', uri: 'sip:100@pbx.example.com' }]],
            }),
        })
        .prefault({}),
      actions: z
        .array(action)
        .max(20)
        .default([])
        .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'two actions have the same name')
        .meta({
          description: "What the agent may ask of the business's own backend.",
          examples: [
            [{ name: 'find_order', description: 'Finds an order.', method: 'GET', path: '/orders/{order_id}' }],
          ],
        }),
    })
    .prefault({}),
  backend: z
    .strictObject({
      url: z
        .url({ protocol: /^https?$/ })
        .max(2000)
        .nullable()
        .default(null)
        .meta({ description: "The business's own server, for actions.", examples: ['https://api.example.com/phone'] }),
      secret_headers: z
        .record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'not a header name'), keyName())
        .default({})
        .meta({
          description: 'Headers whose values are stored keys, by the name of the key.',
          examples: [{ 'X-Api-Key': 'backend' }],
        }),
      signing_key: keyName()
        .nullable()
        .default(null)
        .meta({
          description: 'Name of the stored key that signs each request; null: unsigned.',
          examples: ['backend-signing'],
        }),
      filler: sentence(200)
        .default(phrases.en.filler)
        .meta({
          description: "Said when an answer takes longer than a second. Left out: a sentence in the agent's language.",
          examples: ['Let me look that up.'],
        }),
      caller_lookup: z
        .strictObject({
          path: z
            .string()
            .max(500)
            .regex(/^\/(?!\/)[^\s\\?#]*$/)
            .nullable()
            .default(null)
            .meta({
              description: 'Asked with ?caller=… while the phone rings; null: not asked.',
              examples: ['/callers'],
            }),
          timeout_ms: z
            .int()
            .min(50)
            .max(800)
            .default(800)
            .meta({ description: 'Longest wait.', examples: [500] }),
        })
        .prefault({}),
    })
    .prefault({}),
};

function keyName() {
  return z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'a key name is lower case letters, digits and dashes');
}
