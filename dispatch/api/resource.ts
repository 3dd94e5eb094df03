/** A part of the API, with the one way in which what it is asked is found to be malformed. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { ApiVariables } from './caller.ts';
import { ApiProblem } from './problem.ts';

export function newResource(): OpenAPIHono<ApiVariables> {
  return new OpenAPIHono<ApiVariables>({
    defaultHook(result) {
      if (result.success) return;
      const fields = result.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }));
      const what = fields.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
      throw new ApiProblem('malformed', what, fields);
    },
  });
}
