/**
 * What faults happen to: a whole platform on this machine with two replicas of dispatch, two hosts of agents for everybody and
 * a third one with two shards for the cafe, and everything that is needed to break a part of it and to see what became of the calls.
 */
import { mkdirSync } from 'node:fs';
import { z } from 'zod';
import { coerceError } from '../../shared/faults.ts';
import { Releases } from '../../shared/lifecycle.ts';
import type { Sentence } from '../phone/hearing.ts';
import { type RemoteProviders, remoteProviders } from '../providers/remote.ts';
import type { Host } from '../stack/fleet.ts';
import { freePort } from '../stack/ports.ts';
import type { Code } from '../stack/program.ts';
import { Rows } from '../stack/rows.ts';
import { type Stack, startStack } from '../stack/stack.ts';
import { startLine } from '../stack/stand-ins.ts';
import { waitFor } from '../stack/wait.ts';
import { Relay } from '../stack/webhook-relay.ts';
import { CallRecords } from '../start/records.ts';
import { type Business, businesses, cafePool, devKey, openCafe, pizza, studio } from './businesses.ts';
import { Caller } from './caller.ts';
import { Listener } from './listener.ts';
import { Load } from './load.ts';

export interface WorldOptions {
  readonly runDir: string;
  /** What ships starts in a third of the time; tests break what was just edited. */
  readonly code: Code;
  /** Told what is going on. */
  readonly tell: (text: string) => void;
  readonly livekitSip?: string | undefined;
  /** Most callers in conversation while something breaks, beside those that it happens to; as many as a fault wants by default. */
  readonly mostCallers?: number | undefined;
}

const slotSchema = z.object({
  session_id: z.string(),
  state: z.enum(['pending', 'active']),
  worker: z.string().nullable(),
  room: z.string(),
});
export type Slot = z.infer<typeof slotSchema>;

const sessionSchema = z.object({ id: z.string(), end_reason: z.string().nullable() });

/** Hosts drain for so long when they are told to stop: longer than any call of a fault. */
const drainMs = 60_000;
const workersDeadlineMs = 30_000;
const settledDeadlineMs = 25_000;
const loadAttempts = 3;

export class World implements AsyncDisposable {
  readonly stack: Stack;
  readonly rows: Rows;
  readonly records: CallRecords;
  readonly providers: RemoteProviders;
  /** Every webhook passes through it. */
  readonly relay: Relay;
  /** The host of the cafe. */
  readonly cafeHost: Host;
  readonly tell: (text: string) => void;
  readonly mostCallers: number;
  readonly #listener = new Listener();
  readonly #releases: Releases;
  #called = 0;
  #lineEnded: string | undefined;

  static async open({ runDir, code, tell, livekitSip, mostCallers = Infinity }: WorldOptions): Promise<World> {
    mkdirSync(runDir, { recursive: true });
    const releases = new Releases();
    try {
      const relay = await Relay.open();
      releases.add('webhook relay', () => relay.close());
      const stack = await startStack({
        ...{ runDir, code, shards: 1, dispatches: 2, agents: 2, webhooks: { url: relay.url }, postgres: 'where found' },
        agentEnv: { POOL_DRAIN_MS: String(drainMs) },
        ...(livekitSip === undefined ? {} : { livekitSip }),
      });
      releases.add('stack', () => stack.close(), 60_000);
      await openCafe(new Rows(stack.database), stack.database.providerKeysSecret);
      const env = { AGENT_POOL: cafePool, POOL_DRAIN_MS: String(drainMs) };
      // The cafe's pool is a machine of its own where it matters: this one has no core to spare for both.
      const cafeHost = await stack.fleet.addHost({ shards: 2, env, yields: true });
      const world = new World({ stack, relay, cafeHost, tell, mostCallers }, releases);
      await world.reset();
      return world;
    } catch (thrown) {
      await releases.close();
      throw thrown;
    }
  }

  private constructor(parts: Pick<World, 'stack' | 'relay' | 'cafeHost' | 'tell' | 'mostCallers'>, releases: Releases) {
    this.stack = parts.stack;
    this.relay = parts.relay;
    this.cafeHost = parts.cafeHost;
    this.tell = parts.tell;
    this.mostCallers = parts.mostCallers;
    this.rows = new Rows(parts.stack.database);
    this.records = new CallRecords(parts.stack.database);
    this.providers = remoteProviders(parts.stack.providers?.port ?? 0);
    this.#releases = releases;
    releases.add('listener', () => this.#listener.close());
    void parts.stack.line.exited.then((how) => {
      this.#lineEnded = how;
    });
  }

  /** How what stands in for LiveKit SIP ended, though nobody ended it. */
  get lineEnded(): string | undefined {
    return this.#lineEnded;
  }

  /** The hosts that serve the two seeded businesses. */
  get hosts(): Host[] {
    return this.stack.fleet.hosts.filter((host) => host !== this.cafeHost);
  }

  /** The shards of the cafe stand still, or go on: their connections stay open meanwhile. */
  signalCafe(signal: 'SIGSTOP' | 'SIGCONT'): void {
    for (const { pid } of this.cafeHost.shards()) process.kill(pid, signal);
  }

  /** Every replica hears every webhook, the models answer as they should, all workers have said that they are there. */
  async reset(): Promise<void> {
    this.relay.route = undefined;
    this.relay.targets = this.stack.fleet.dispatches.map(({ url }) => url);
    await this.answerAsUsual();
    const wanted = this.stack.fleet.hosts.flatMap((host) => host.shards()).map(({ worker }) => worker);
    const fresh = async () => (await this.workers()).map(({ name }) => name);
    await waitFor(async () => (await fresh()).length >= wanted.length, {
      what: 'every shard in the table of workers',
      deadlineMs: workersDeadlineMs,
      intervalMs: 250,
    });
  }

  /** A line for callers whose calls would keep the one of everybody busy. It gives way to all else on this machine. */
  async openLine(): Promise<AsyncDisposable & { readonly sip: Stack['sip'] }> {
    const { runDir, livekit, redis } = this.stack;
    const sip = { address: '127.0.0.1', port: await freePort() };
    const options = {
      runDir,
      livekit,
      redisUrl: redis?.url,
      sipPort: sip.port,
      name: `line-${sip.port}`,
      yields: true,
    };
    const line = await startLine(options);
    return { sip, [Symbol.asyncDispose]: () => line.close() };
  }

  answerAsUsual(further: Parameters<RemoteProviders['script']>[0]['rules'] = []): Promise<void> {
    const usual = businesses.map((business) => ({
      match: { kind: 'chat' as const, key: devKey('openai', business) },
      reply: business.answer.text,
    }));
    return this.providers.script({ rules: [...further, ...usual] });
  }

  /** @param through another line than everybody's */
  dial(business: Business, through: Stack['sip'] = this.stack.sip): Promise<Caller> {
    this.#called += 1;
    return Caller.dial(through, business, `+4416329${String(60_000 + this.#called)}`);
  }

  /** A caller who was greeted. @throws when nobody answered, whatever was tried */
  async greeted(business: Business): Promise<Caller> {
    const caller = await this.#answeredAtLast(business);
    await caller.phone.untilQuiet();
    return caller;
  }

  /** So many callers of both businesses in conversation, by turns. One is answered after the other: nothing is to be broken yet. */
  async load(count: number): Promise<Load> {
    const callers: Caller[] = [];
    for (let at = 0; at < Math.min(count, this.mostCallers); at++)
      callers.push(await this.#answeredAtLast(at % 2 === 0 ? pizza : studio));
    await Promise.all(callers.map(({ phone }) => phone.untilQuiet()));
    const load = new Load(callers);
    const unanswered = await load.underWay();
    if (unanswered.length > 0) throw new Error('callers got no answer before anything was broken');
    return load;
  }

  async #answered(business: Business): Promise<Caller> {
    const caller = await this.dial(business);
    const status = await caller.phone.answer();
    if (status === 200) return caller;
    await caller[Symbol.asyncDispose]();
    throw new Error(`a call to ${business.called} was answered with ${status}`);
  }

  /** What was broken before may take a moment to be as it was, and shards on a busy machine take no call while their loops lag. */
  async #answeredAtLast(business: Business): Promise<Caller> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#answered(business);
      } catch (thrown) {
        if (attempt === loadAttempts) throw thrown;
        this.tell(`  ${coerceError(thrown).message}; once more`);
      }
    }
  }

  /** The known sentences that this caller heard since that moment after the INVITE. */
  async heardBy(caller: Caller, candidates: readonly Sentence[], sinceMs = 0): Promise<readonly string[]> {
    return this.#listener.sentencesIn(caller.soundSince(sinceMs), candidates);
  }

  async slots(): Promise<Slot[]> {
    return z.array(slotSchema).parse(await this.rows.read('active_calls'));
  }

  async slotOf(caller: Caller): Promise<Slot | undefined> {
    const session = await this.sessionOf(caller);
    return session && (await this.slots()).find((slot) => slot.session_id === session.id);
  }

  async sessionOf(caller: Caller) {
    const found = await this.rows.read('sessions', { sip_call_id: caller.phone.callId });
    return found[0] && sessionSchema.parse(found[0]);
  }

  /** Workers as the database knows them, those that spoke in the last 15 s. */
  async workers() {
    const rows = z
      .array(
        z.object({ name: z.string(), pool: z.string(), calls: z.number(), seen_at: z.string(), draining: z.boolean() }),
      )
      .parse(await this.rows.read('workers'));
    return rows.filter(({ seen_at }) => Date.now() - Date.parse(seen_at) < 15_000);
  }

  /** Once nobody calls any more: how many slots are still taken when every call should long be settled. */
  async slotsLeft(): Promise<number> {
    const free = async () => (await this.slots()).length === 0;
    const untilMs = performance.now() + settledDeadlineMs;
    while (performance.now() < untilMs) {
      if (await free()) return 0;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return (await this.slots()).length;
  }

  /** The host and the process that hold this call, by the worker that the database names. */
  async holderOf(caller: Caller): Promise<{ host: Host; pid: number; worker: string } | undefined> {
    const worker = (await this.slotOf(caller))?.worker;
    for (const host of this.stack.fleet.hosts)
      for (const shard of host.shards()) if (shard.worker === worker) return { host, ...shard };
    return undefined;
  }

  /** Callers of this load whose calls these workers hold. */
  async heldBy(load: Load, workers: readonly string[]): Promise<Caller[]> {
    const holders = await Promise.all(load.live.map(async (caller) => ({ caller, slot: await this.slotOf(caller) })));
    return holders.filter(({ slot }) => slot?.worker && workers.includes(slot.worker)).map(({ caller }) => caller);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#releases.close();
  }
}
