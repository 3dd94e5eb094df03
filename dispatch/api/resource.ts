/** A part of the API, with the one way in which what it is asked is found to be malformed. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiVariables } from './caller.ts';
import { wrongFields } from './problem.ts';

export function newResource(): OpenAPIHono<ApiVariables> {
  return new OpenAPIHono<ApiVariables>({
    defaultHook(result) {
      if (result.success) return;
      const fields = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
      throw wrongFields('malformed', fields);
    },
  });
}
