/** What was recorded of calls: played part by part, as it is kept, and removed. */
import { createRoute, z } from '@hono/zod-openapi';
import type { Database } from '../../../shared/db.ts';
import { needs } from '../caller.ts';
import { done, idParams } from '../listing.ts';
import { found, missing } from '../problem.ts';
import { newResource } from '../resource.ts';

const keptSchema = z.object({ parts: z.int().positive(), bytes: z.int().positive() });
const tags = ['calls'];
const play = createRoute({
  method: 'get',
  path: '/recordings/{id}',
  tags,
  summary: 'The sound of a recorded call (editors); it is written down who heard it',
  ...needs('calls:read'),
  request: { params: idParams },
  responses: {
    200: {
      description: 'Ogg with Opus: the caller left, the agent right.',
      content: { 'audio/ogg': { schema: z.string().openapi({ format: 'binary' }) } },
    },
  },
});
const remove = createRoute({
  method: 'delete',
  path: '/recordings/{id}',
  tags,
  summary: 'Remove a recording before its time (owners)',
  ...needs('calls:write'),
  request: { params: idParams },
  responses: done,
});

export function recordingsApi() {
  return newResource()
    .openapi(play, async (context) => {
      const { id } = context.req.valid('param');
      const database = context.get('database');
      const kept = found(
        await database.row('api_play_recording', { p_id: id }, keptSchema.nullable()),
        'recording of a call',
      );
      return context.body(soundOf(database, id, kept.parts), 200, {
        'content-type': 'audio/ogg',
        'content-length': String(kept.bytes),
        'cache-control': 'private, no-store',
      });
    })
    .openapi(remove, async (context) => {
      const args = { p_id: context.req.valid('param').id };
      if (!(await context.get('database').row('api_remove_recording', args, z.boolean())))
        throw missing('recording of a call');
      return context.body(null, 204);
    });
}

/** An hour is 11 MB: no more of it than a part is held at once. */
function soundOf(database: Database, id: string, parts: number): ReadableStream<Uint8Array> {
  let part = 0;
  return new ReadableStream({
    async pull(output) {
      part += 1;
      if (part > parts) return output.close();
      const sound = await database.row('api_recording_part', { p_id: id, p_part: part }, z.base64().nullable());
      // Removed meanwhile: a stream that ends early is one that failed.
      if (sound === null) return output.error(new Error('the recording is not there any more'));
      output.enqueue(Buffer.from(sound, 'base64'));
    },
  });
}
