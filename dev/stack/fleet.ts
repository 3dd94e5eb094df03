/** Every replica of dispatch and every host of agents of a run: those it began with, and those that are started later. */
import { existsSync } from 'node:fs';
import { freePort } from './ports.ts';
import { Revivable } from './revivable.ts';
import { type AgentCommand, type ServiceOptions, startAgent, startDispatch } from './services.ts';
import type { ChildEnv } from './surroundings.ts';

export interface FleetOptions extends ServiceOptions {
  /** 64 hexadecimal digits. */
  readonly providerKeysSecret: string;
}

export interface ReplicaOptions {
  /** Taken when it is free; any free one by default. */
  readonly port?: number;
  /** Another program in the place of dispatch, below dev/. */
  readonly entry?: string;
  readonly env?: ChildEnv;
}

export interface HostOptions {
  /** Shard processes; by default one a core. */
  readonly shards?: number;
  readonly env?: ChildEnv;
  readonly agentCommand?: AgentCommand;
  /** Gives way to everything else on this machine. */
  readonly yields?: boolean;
}

/** One replica. The name is that of its log file too. */
export interface Replica {
  readonly name: string;
  readonly url: string;
  readonly part: Revivable;
}

/** One `agent start`: a supervisor and its shards, in one process group. */
export class Host {
  readonly name: string;
  readonly part: Revivable;

  constructor(name: string, part: Revivable) {
    this.name = name;
    this.part = part;
  }

  /** Its shards that run now, the oldest first. */
  shards(): Shard[] {
    const started = this.part.process.lines().filter(({ msg }) => msg === 'shard started');
    return started
      .map(({ shardPid, worker }) => ({ pid: Number(shardPid), worker: String(worker) }))
      .filter(({ pid }) => existsSync(`/proc/${pid}`));
  }
}

export interface Shard {
  readonly pid: number;
  /** As the database names it. */
  readonly worker: string;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #dispatches: Replica[] = [];
  readonly #hosts: Host[] = [];
  #named = { dispatch: 0, agent: 0 };

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  get dispatches(): readonly Replica[] {
    return this.#dispatches;
  }

  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  async addDispatch({ port: wanted, ...options }: ReplicaOptions = {}): Promise<Replica> {
    const name = this.#name('dispatch');
    const port = await freePort(wanted);
    const part = await Revivable.start(() => startDispatch({ ...this.#options, ...options, name, port }));
    const replica = { name, url: `http://127.0.0.1:${port}`, part };
    this.#dispatches.push(replica);
    return replica;
  }

  async addHost(options: HostOptions = {}): Promise<Host> {
    const name = this.#name('agent');
    const part = await Revivable.start(() => startAgent({ ...this.#options, ...options, name }));
    const host = new Host(name, part);
    this.#hosts.push(host);
    return host;
  }

  /** Stops one and forgets it. */
  async remove(gone: Replica | Host): Promise<void> {
    for (const list of [this.#dispatches, this.#hosts] as (Replica | Host)[][]) {
      const at = list.indexOf(gone);
      if (at >= 0) list.splice(at, 1);
    }
    await gone.part.close();
  }

  /** Agents first: dispatch would otherwise see their calls as lost. */
  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.part.close()));
    await Promise.all(this.#dispatches.map((replica) => replica.part.close()));
  }

  /** The first of a kind has the kind's name: `agent`, then `agent-2`. */
  #name(kind: 'dispatch' | 'agent'): string {
    this.#named[kind] += 1;
    return this.#named[kind] === 1 ? kind : `${kind}-${this.#named[kind]}`;
  }
}
