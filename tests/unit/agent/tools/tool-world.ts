/** One agent with its tools in a session of text: the real session, agent and tools, a model that plays a script. */
import { initializeLogger, voice } from '@livekit/agents';
import { pino } from 'pino';
import { BusinessAgent } from '../../../../agent/business-agent.ts';
import { Hearing } from '../../../../agent/hearing.ts';
import { openCall } from '../../../../agent/open-call.ts';
import { toolsFor } from '../../../../agent/tools/index.ts';
import type { ToolContext } from '../../../../agent/tools/tool.ts';
import { resolveConfig } from '../../../../shared/config/index.ts';
import type { Database } from '../../../../shared/db.ts';
import type { JsonObject } from '../../../../shared/merge.ts';

initializeLogger({ pretty: false, level: 'silent' });

export type FakeLLMResponses = ConstructorParameters<typeof voice.testing.FakeLLM>[0];

export interface ToolWorldOptions {
  readonly config: JsonObject;
  readonly platform?: JsonObject;
  readonly responses?: FakeLLMResponses;
  readonly keys?: Readonly<Record<string, string>>;
  readonly nowMs?: number;
  /** Answers calls of SQL functions. */
  readonly sql?: (name: string, args: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

export async function openToolWorld(options: ToolWorldOptions) {
  const written = { business: { name: 'Harbor Pizza' }, instructions: 'Help.', ...options.config };
  const layers = { platform: options.platform ?? {}, organization: {}, instance: written, number: {} };
  const resolved = resolveConfig(layers);
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const platform = {
    clock: { now: () => options.nowMs ?? Date.UTC(2026, 10, 23, 9, 0), monotonicMs: () => performance.now() },
    database: databaseOf(options.sql ?? (async () => Promise.reject(new Error('no database here')))),
    notes: { follow: () => () => undefined },
    worker: 'worker-1',
    log,
  };
  const identity = { tenant: 'harbor-pizza', session: 'session-1', number: 'number-1', calledNumber: '2001' };
  const call = openCall(identity as never, 0, platform as never);
  const session = new voice.AgentSession({
    llm: new voice.testing.FakeLLM(options.responses ?? []),
    vad: null,
    turnHandling: { turnDetection: null },
  });
  const context = {
    ...call,
    config: resolved.config,
    keys: new Map(Object.entries(options.keys ?? {})),
    caller: { attributes: { 'sip.phoneNumber': '+39061234567' } } as never,
    session: () => session,
  } satisfies ToolContext;
  const agent = new BusinessAgent(context, toolsFor(context), new Hearing(session, undefined, () => undefined, log));
  await session.start({ agent, record: false });
  return {
    context,
    session,
    agent,
    lines,
    /** What the agent did about these words. */
    async run(userInput: string) {
      const result = session.run({ userInput });
      await result.wait();
      return result;
    },
    async close() {
      await session.close();
      await call.releases.close();
    },
  };
}

/** What the model was told by the tools it used, in order; an error is a plain sentence. */
export function outputsOf(result: voice.testing.RunResult): unknown[] {
  return result.events.flatMap((event) => {
    if (event.type !== 'function_call_output') return [];
    return [event.item.isError ? event.item.output : JSON.parse(event.item.output)];
  });
}

function databaseOf(sql: NonNullable<ToolWorldOptions['sql']>): Database {
  return {
    rows: async (name, args, row) => [row.parse(await sql(name, args))],
    row: async (name, args, row) => row.parse(await sql(name, args)),
  };
}
