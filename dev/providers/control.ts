/** `/control`: the script in, the journal out. */
import { Hono } from 'hono';
import { z } from 'zod';
import { kinds } from './script.ts';
import type { Stage } from './stage.ts';

const filterSchema = z.strictObject({
  provider: z.string().optional(),
  kind: z.enum(kinds).optional(),
  key: z.string().optional(),
  connection: z.string().optional(),
});

export function control(stage: Stage): Hono {
  const app = new Hono();
  app.onError((error, context) => {
    if (!(error instanceof z.ZodError)) throw error;
    return context.json({ error: z.prettifyError(error) }, 400);
  });
  app.get('/journal', (context) => {
    const filter = filterSchema.parse(context.req.query());
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    return context.json(stage.journal.entries(given));
  });
  app.get('/script', (context) => context.json(stage.uses().map(({ used }, index) => ({ rule: index, used }))));
  app.put('/script', async (context) => {
    await stage.direct(await context.req.json());
    return context.json({ rules: stage.uses().length });
  });
  app.post('/reset', async (context) => {
    await stage.reset();
    return context.body(null, 204);
  });
  return app;
}
