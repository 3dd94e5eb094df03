/** The pages, as they were built, and what they need before anybody is signed in. */
import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveStatic } from '@hono/node-server/serve-static';
import { type Context, Hono } from 'hono';
import { proxy } from 'hono/proxy';
import { secureHeaders } from 'hono/secure-headers';

export interface PagesOptions {
  readonly supabaseUrl: string;
  readonly anonKey: string;
  /** Where browsers reach LiveKit. */
  readonly livekitPublicUrl: string;
}

/** Beside the program in dist/, and in dist/ too when it runs from its source, beside which stands the source of the pages. */
const places = ['../../dashboard/', '../../dist/dashboard/'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
);

/** Auth is asked for through here: browsers then need one address, and Supabase may be out of their reach. */
const authPath = '/auth/v1';

export function pagesApp({ supabaseUrl, anonKey, livekitPublicUrl }: PagesOptions): Hono {
  const app = new Hono();
  app.all(`${authPath}/*`, (context) => {
    const { pathname, search } = new URL(context.req.url);
    const headers = { ...context.req.header(), apikey: anonKey, host: undefined };
    return proxy(`${supabaseUrl}${pathname}${search}`, { raw: context.req.raw, headers });
  });
  const folder = places.find((place) => existsSync(`${place}assets`));
  if (folder === undefined) {
    app.get('/', (context) => context.text('The pages are not built: npm run build', 503));
    return app;
  }
  app.use('*', secureHeaders({ contentSecurityPolicy: policyFor(livekitPublicUrl) }));
  const root = relative(process.cwd(), folder);
  // Their names change with what is in them; one that there is not any more is not the page instead.
  app.get('/assets/*', serveStatic({ root, onFound: keepForever }), (context) => context.notFound());
  app.use('*', serveStatic({ root }));
  // The browser's own paths: one page, which knows them.
  app.get('*', serveStatic({ root, path: 'index.html' }));
  return app;
}

function keepForever(_path: string, context: Context): void {
  context.header('cache-control', 'public, max-age=31536000, immutable');
}

function policyFor(livekitPublicUrl: string) {
  const { host } = new URL(livekitPublicUrl);
  return {
    defaultSrc: ["'self'"],
    // Charts place themselves by style attributes.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    mediaSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'", `ws://${host}`, `wss://${host}`, `http://${host}`, `https://${host}`],
    frameAncestors: ["'none'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
  };
}
