/** The smallest request over a Realtime websocket: open it, say what it is to be, and see whether that is accepted. */
import { APIConnectionError, type APIError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import { parseJson } from '../../shared/json.ts';
import { errorOf, type OpenAiSocket, openSocket } from './openai-socket.ts';
import { judge } from './probe.ts';
import { type Probe, probeDeadlineMs } from './provider.ts';

export interface LineProbe {
  readonly query: Readonly<Record<string, string>>;
  /** The client event that the line must accept. */
  readonly update: object;
}

interface Asked {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** Never throws. @param title the provider, for sentences */
export async function probeLine(title: string, asked: Asked, { query, update }: LineProbe): Promise<Probe> {
  const begunMs = performance.now();
  const took = () => Math.round(performance.now() - begunMs);
  const deadlineAt = begunMs + probeDeadlineMs;
  try {
    const socket = await openSocket({ ...asked, query });
    try {
      await accepted(socket, update, deadlineAt - performance.now());
    } finally {
      socket.terminate();
    }
    return { outcome: 'works', tookMs: took() };
  } catch (thrown) {
    if (!(thrown instanceof APIStatusError)) {
      const { message } = coerceError(thrown);
      return { outcome: 'unreachable', sentence: `${title} cannot be reached: ${message}.`, tookMs: took() };
    }
    const said = `${thrown.message} ${JSON.stringify(thrown.body)}`;
    return { ...judge(title, asked.model, thrown.statusCode, said), tookMs: took() };
  }
}

const eventSchema = z.object({ type: z.string(), error: z.unknown().optional() });

/** @throws APIError */
function accepted(socket: OpenAiSocket, update: object, deadlineMs: number): Promise<void> {
  return new Promise((resolve, reject: (error: APIError) => void) => {
    const late = () => reject(new APITimeoutError({ message: `nothing came for ${probeDeadlineMs} ms` }));
    const timer = setTimeout(late, deadlineMs);
    socket.on('close', () => {
      clearTimeout(timer);
      reject(new APIConnectionError({ message: 'the line was closed' }));
    });
    socket.on('message', (data) => {
      const event = eventSchema.safeParse(parseJson(String(data))).data;
      if (event?.type === 'error') reject(errorOf(event.error));
      if (event?.type === 'session.updated') resolve();
    });
    socket.send(JSON.stringify(update));
  });
}
