/** A worker under test: how it is started, and how a call is given to it. Everything else is the same for all of them. */
import { AgentDispatchClient } from 'livekit-server-sdk';
import type { LivekitServer } from '../dev/stack/livekit-server.ts';
import type { StackProcess } from '../dev/stack/process.ts';
import type { Place } from './callers.ts';
import type { Variables } from './options.ts';
import type { BenchWorld } from './world.ts';

export interface Subject {
  readonly name: string;
  /** Version of what is tested, as it says itself. */
  readonly version: string;
  readonly writesProfiles: boolean;
  /** Silence after which it takes its turn: the session's 500 ms, or its voice detector's own where that is longer. */
  readonly endOfTurnMs: number;
  start(world: BenchWorld, wanted: Wanted): Promise<Worker>;
}

export interface Wanted {
  /** Command and options that keep a process on the worker's core; empty: it goes where it likes. */
  readonly pinned: readonly string[];
  /** How many callers will come. */
  readonly calls: number;
  /** Another Node than this one, for ours. */
  readonly node?: string | undefined;
  /** Variables of its environment beside its settings, for ours. */
  readonly variables?: Variables | undefined;
  /** Folder for profiles of its JS threads; only ours writes them. */
  readonly profiles?: string | undefined;
}

export interface Worker {
  readonly process: StackProcess;
  /** From its start until it could take a call. */
  readonly readyMs: number;
  /** The room of the next call, and what calls the worker into it. */
  next(): Promise<Place>;
  close(): Promise<void>;
}

/** Longest that any of them needs: the Python ones load their models first. */
export const readyDeadlineMs = 120_000;

export async function placeJob(
  { httpUrl, apiKey, apiSecret }: LivekitServer,
  job: {
    readonly room: string;
    readonly agent: string;
    readonly metadata: object;
  },
): Promise<void> {
  const metadata = JSON.stringify(job.metadata);
  await new AgentDispatchClient(httpUrl, apiKey, apiSecret).createDispatch(job.room, job.agent, { metadata });
}
