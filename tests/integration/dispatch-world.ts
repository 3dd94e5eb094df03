/** A livekit-server, the embedded Supabase with the seeded world, and dispatch in front of them: all real. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AgentDispatchClient, RoomServiceClient } from 'livekit-server-sdk';
import { z } from 'zod';
import { type LivekitServer, startLivekitServer } from '../../dev/stack/livekit-server.ts';
import { askTable } from '../../dev/stack/rows.ts';
import { type RunningSupabase, startSupabase } from '../../dev/stack/supabase.ts';
import { waitFor } from '../../dev/stack/wait.ts';
import { Relay } from '../../dev/stack/webhook-relay.ts';
import { patience } from '../../dispatch/parts.ts';
import { type DispatchOptions, startDispatch } from '../../dispatch/service.ts';
import { noFaults } from '../../dispatch/steps.ts';
import { systemClock } from '../../shared/clock.ts';
import { type Database, openDatabase } from '../../shared/db.ts';
import { Releases } from '../../shared/lifecycle.ts';
import { createLog } from '../../shared/log.ts';
import { Caller, type Dialling, makeAgent, type Participant } from './dispatch-participants.ts';
import { PoolWorker } from './dispatch-workers.ts';

export type Row = Readonly<Record<string, unknown>>;
export type LogLine = Readonly<Record<string, unknown>>;

export interface Replica extends AsyncDisposable {
  readonly url: string;
  close(): Promise<void>;
}

const pool = 'switchboard';
const eventDeadlineMs = 15_000;

export class World {
  readonly livekit: LivekitServer;
  readonly supabase: RunningSupabase;
  readonly relay: Relay;
  readonly rooms: RoomServiceClient;
  /** What every replica logged, parsed. */
  readonly log: LogLine[] = [];
  readonly #dispatches: AgentDispatchClient;
  readonly #releases: Releases;

  private constructor(parts: Pick<World, 'livekit' | 'supabase' | 'relay'>, releases: Releases) {
    const { livekit } = parts;
    this.livekit = livekit;
    this.supabase = parts.supabase;
    this.relay = parts.relay;
    this.rooms = new RoomServiceClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
    this.#dispatches = new AgentDispatchClient(livekit.httpUrl, livekit.apiKey, livekit.apiSecret);
    this.#releases = releases;
  }

  static async start(): Promise<World> {
    const releases = new Releases();
    try {
      const runDir = mkdtempSync(join(tmpdir(), 'switchboard-dispatch-'));
      const relay = await Relay.open();
      releases.add('relay', () => relay.close());
      const supabase = await startSupabase({ runDir, providerKeysSecret: 'ab'.repeat(32) });
      releases.add('supabase', () => supabase.close());
      const livekit = await startLivekitServer({ runDir, webhookUrls: [relay.url] });
      releases.add('livekit-server', () => livekit.close());
      return new World({ livekit, supabase, relay }, releases);
    } catch (thrown) {
      await releases.close();
      throw thrown;
    }
  }

  /** Starts a replica of dispatch, which gets every webhook from then on, until it is closed. */
  async startReplica(changed: Partial<DispatchOptions> = {}): Promise<Replica> {
    const write = (line: string) => void this.log.push(JSON.parse(line));
    const running = await startDispatch({
      host: '127.0.0.1',
      port: 0,
      livekit: { ...this.livekit, deadlineMs: 2000 },
      database: this.database(),
      roomPrefix: 'call',
      ownsPrefix: false,
      clock: systemClock,
      patience,
      at: noFaults,
      log: createLog({ service: 'dispatch', level: 'debug', showPii: false }, { write }),
      ...changed,
    });
    const { targets } = this.relay;
    targets.push(running.url);
    const close = async () => {
      const at = targets.indexOf(running.url);
      if (at < 0) return;
      targets.splice(at, 1);
      await running.close();
    };
    this.#releases.add('dispatch', close, 30_000);
    return { url: running.url, close, [Symbol.asyncDispose]: close };
  }

  /** The database as dispatch sees it. */
  database(): Database {
    const { url, anonKey, dispatchToken } = this.supabase;
    return openDatabase({ url, anonKey, token: dispatchToken, deadlineMs: 2000 });
  }

  caller(dialling: Dialling): Caller {
    const caller = new Caller(this.livekit, dialling);
    this.#releases.add('caller', () => caller.leave());
    return caller;
  }

  /** A caller that is in its room and publishes, as LiveKit SIP does for every call. */
  async call(dialling: Dialling): Promise<Caller> {
    const caller = await this.caller(dialling).join();
    return caller.publish();
  }

  /** Waits for the job that dispatch asked for and joins as the agent that took it. */
  async answer(room: string): Promise<Participant> {
    await this.job(room);
    return (await this.joinAsAgent(room)).publish();
  }

  /** The caller hangs up and the call is settled, as its agent would do it: the next test finds neither room nor slot. */
  async hangUp(caller: Caller): Promise<void> {
    await caller.leave();
    const [session] = await this.rows('sessions', { room: `eq.${caller.room}` });
    const args = { p_session_id: session?.['id'], p_end_reason: 'caller_hung_up' };
    await this.database().rows('finish_call', args, z.unknown());
    await this.rooms.deleteRoom(caller.room);
  }

  async joinAsAgent(room: string): Promise<Participant> {
    const agent = makeAgent(this.livekit, room);
    this.#releases.add('agent', () => agent.leave());
    return agent.join();
  }

  /** LiveKit learns of a pool a moment after its first worker: a job that comes in between is lost. */
  async knowPool(): Promise<void> {
    const worker = await PoolWorker.open(this, 'decliner');
    this.#releases.add('worker', () => worker[Symbol.asyncDispose]());
  }

  /** Metadata of every job that was asked for in this room. */
  async jobs(room: string): Promise<Row[]> {
    const present = await this.rooms.listRooms([room]);
    if (present.length === 0) return [];
    const dispatches = await this.#dispatches.listDispatch(room);
    return dispatches.filter(({ agentName }) => agentName === pool).map(({ metadata }) => JSON.parse(metadata));
  }

  /** The newest job of this room, once there are so many. */
  async job(room: string, count = 1): Promise<Row> {
    const what = `${count} jobs in ${room}`;
    return waitFor(async () => (await this.jobs(room))[count - 1], { what, deadlineMs: eventDeadlineMs });
  }

  /** Rows of a table, past every policy; the filter is PostgREST's: `{ room: 'eq.x' }`. */
  async rows(table: string, filter: Readonly<Record<string, string>> = {}): Promise<Row[]> {
    return askTable(this.supabase, { method: 'GET', table, filter });
  }

  async update(table: string, filter: Readonly<Record<string, string>>, values: Row): Promise<void> {
    await askTable(this.supabase, { method: 'PATCH', table, filter, values });
  }

  async row(table: string, filter: Readonly<Record<string, string>>): Promise<Row> {
    const what = `a row of ${table} with ${JSON.stringify(filter)}`;
    return waitFor(async () => (await this.rows(table, filter))[0], { what, deadlineMs: eventDeadlineMs });
  }

  /** A line about this room, also one that is already written. */
  async logged(message: string, room: string): Promise<LogLine> {
    const matches = (line: LogLine) => line['msg'] === message && line['room'] === room;
    return waitFor(() => this.log.find(matches), { what: `"${message}" about ${room}`, deadlineMs: eventDeadlineMs });
  }

  /** Waits until LiveKit has told this about the room, whoever got to know it. */
  async posted(name: string, room: string): Promise<void> {
    const told = () => this.relay.posted.some(({ event }) => event.event === name && event.room?.name === room);
    await waitFor(told, { what: `${name} in ${room}`, deadlineMs: eventDeadlineMs });
  }

  async close(): Promise<void> {
    await this.#releases.close();
  }
}
