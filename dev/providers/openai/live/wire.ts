/** What a client says on a Realtime websocket (platform.openai.com/docs/api-reference/realtime-client-events). */
import { z } from 'zod';

const turnDetection = z
  .looseObject({
    type: z.enum(['server_vad', 'semantic_vad']),
    silence_duration_ms: z.number().optional(),
    create_response: z.boolean().optional(),
    interrupt_response: z.boolean().optional(),
  })
  .nullable();

const transcription = z
  .looseObject({ model: z.string(), language: z.string().optional(), prompt: z.string().optional() })
  .nullable();

const format = z.looseObject({ type: z.literal('audio/pcm'), rate: z.literal(24_000) });

const sessionSchema = z.looseObject({
  type: z.enum(['realtime', 'transcription']),
  model: z.string().optional(),
  instructions: z.string().optional(),
  output_modalities: z.array(z.enum(['audio', 'text'])).optional(),
  tools: z.array(z.looseObject({ type: z.literal('function'), name: z.string() })).optional(),
  tool_choice: z.union([z.string(), z.looseObject({})]).optional(),
  audio: z
    .looseObject({
      input: z
        .looseObject({
          format: format.optional(),
          turn_detection: turnDetection.optional(),
          transcription: transcription.optional(),
        })
        .optional(),
      output: z.looseObject({ format: format.optional(), voice: z.string().optional() }).optional(),
    })
    .optional(),
});
export type SessionUpdate = z.infer<typeof sessionSchema>;
export type TurnDetection = z.infer<typeof turnDetection>;

const part = z.looseObject({ type: z.string(), text: z.string().optional() });
const itemSchema = z.discriminatedUnion('type', [
  z.looseObject({
    id: z.string().max(64).optional(),
    type: z.literal('message'),
    role: z.enum(['system', 'user', 'assistant']),
    content: z.array(part).min(1),
  }),
  z.looseObject({
    id: z.string().max(64).optional(),
    type: z.literal('function_call'),
    call_id: z.string(),
    name: z.string(),
    arguments: z.string(),
  }),
  z.looseObject({
    id: z.string().max(64).optional(),
    type: z.literal('function_call_output'),
    call_id: z.string(),
    output: z.string(),
  }),
]);
export type ClientItem = z.infer<typeof itemSchema>;

const responseSchema = z.looseObject({
  instructions: z.string().optional(),
  metadata: z.record(z.string(), z.string()).nullish(),
  output_modalities: z.array(z.enum(['audio', 'text'])).optional(),
  tool_choice: z.unknown().optional(),
});
export type ResponseRequest = z.infer<typeof responseSchema>;

const eventId = z.string().max(512).optional();
const event = <T extends string, Shape extends z.ZodRawShape>(type: T, shape: Shape) =>
  z.looseObject({ type: z.literal(type), event_id: eventId, ...shape });

export const clientEventSchema = z.discriminatedUnion('type', [
  event('session.update', { session: sessionSchema }),
  event('input_audio_buffer.append', { audio: z.base64() }),
  event('input_audio_buffer.commit', {}),
  event('input_audio_buffer.clear', {}),
  event('conversation.item.create', { previous_item_id: z.string().nullish(), item: itemSchema }),
  event('conversation.item.truncate', {
    item_id: z.string(),
    content_index: z.literal(0),
    audio_end_ms: z.int().min(0),
  }),
  event('conversation.item.delete', { item_id: z.string() }),
  event('response.create', { response: responseSchema.optional() }),
  event('response.cancel', { response_id: z.string().optional() }),
]);
export type ClientEvent = z.infer<typeof clientEventSchema>;

/** A mistake of the client, answered with an `error` event; the connection goes on. */
export class ClientMistake extends Error {
  override readonly name = 'ClientMistake';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
