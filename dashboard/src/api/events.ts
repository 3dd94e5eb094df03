/**
 * News as they happen. EventSource cannot send a token, so the stream is read from fetch; what server-sent events say about
 * lines is done here as far as the API uses it: `event`, `data` in one line, comments as signs of life.
 */
import type { Call } from './calls.ts';
import { isList, isObject } from './json.ts';
import { Problem, problemIn } from './problem.ts';
import { apiPath, send } from './request.ts';

export type News =
  | { readonly kind: 'open' }
  | { readonly kind: 'calls'; readonly calls: Call[] }
  | { readonly kind: 'numbers' }
  | { readonly kind: 'away' };

/** A comment comes each 15 s. */
const mostSilenceMs = 40_000;

/** Resolves when the stream was ended by `signal`. @throws Problem when it ended otherwise, or never began */
export async function followNews(
  organization: string | undefined,
  tell: (news: News) => void,
  signal: AbortSignal,
): Promise<void> {
  const query = organization === undefined ? '' : `?organization=${encodeURIComponent(organization)}`;
  const silence = new AbortController();
  const stop = AbortSignal.any([signal, silence.signal]);
  let timer = setTimeout(() => silence.abort(), mostSilenceMs);
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), mostSilenceMs);
  };
  try {
    const answer = await send(`${apiPath}/events${query}`, { headers: { accept: 'text/event-stream' }, signal: stop });
    if (!answer.ok || answer.body === null) throw await problemIn(answer);
    tell({ kind: 'open' });
    for await (const block of blocksOf(answer.body, alive)) {
      const news = newsIn(block);
      if (news !== undefined) tell(news);
    }
    throw new Problem('unreachable', 'the stream of events ended');
  } catch (thrown) {
    if (signal.aborted) return;
    throw thrown instanceof Problem ? thrown : new Problem('unreachable', String(thrown));
  } finally {
    clearTimeout(timer);
  }
}

/** Events are kept apart by an empty line. */
async function* blocksOf(body: ReadableStream<Uint8Array>, alive: () => void): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      const parts = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = parts.pop() ?? '';
      yield* parts;
    }
  } finally {
    reader.releaseLock();
  }
}

function newsIn(block: string): News | undefined {
  const lines = block.split(/\r?\n/);
  const fieldOf = (name: string) =>
    lines
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trim();
  switch (fieldOf('event')) {
    case 'calls':
      return callsIn(fieldOf('data') ?? '');
    case 'numbers':
      return { kind: 'numbers' };
    case 'away':
      return { kind: 'away' };
    default:
      return undefined;
  }
}

function callsIn(data: string): News | undefined {
  const document: unknown = JSON.parse(data);
  if (!isObject(document) || !isList(document.calls)) return undefined;
  // The same list as GET /calls/live, whose type it is.
  return { kind: 'calls', calls: document.calls as unknown as Call[] };
}
