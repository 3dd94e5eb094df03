/** The stand-ins of a running stack, told what to do from another process. */
import { z } from 'zod';
import type { Entry } from './journal.ts';
import type { ScriptInput } from './script.ts';

const deadlineMs = 5_000;

export interface RemoteProviders {
  /** What they were asked and what they answered. */
  journal(): Promise<Entry[]>;
  /** Tells them what to do from now on, and empties the journal. */
  script(script: ScriptInput): Promise<void>;
}

/** @param port where `/control` listens on 127.0.0.1 */
export function remoteProviders(port: number): RemoteProviders {
  const ask = async (path: string, method: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`http://127.0.0.1:${port}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(deadlineMs),
    });
    if (!response.ok) throw new Error(`${method} /control/${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    journal: async () => z.array(z.custom<Entry>()).parse(await (await ask('journal', 'GET')).json()),
    script: async (script) => {
      await ask('reset', 'POST');
      await ask('script', 'PUT', script);
    },
  };
}
