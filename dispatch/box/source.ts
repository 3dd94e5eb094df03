/**
 * A directory of DID files as the live source of numbers and agents. It is looked at every half second rather than watched:
 * that sees a mounted or swapped directory too, and a box has few files. A broken file keeps what it last said.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { resolveConfig } from '../../shared/config/index.ts';
import { hoursAt } from '../../shared/hours.ts';
import type { TenantKey } from '../../shared/ids.ts';
import type { Logger } from '../../shared/log.ts';
import type { JsonObject } from '../../shared/merge.ts';
import { type KeyRing, platformOwner, sealProviderKey } from '../../shared/provider-keys.ts';
import { type DidAgent, readDidAgent } from '../did/directory.ts';
import { anyNumber } from '../did/import.ts';
import { problemLine, readJsonFile } from '../json-file.ts';
import type { OpenNumber } from './call-book.ts';
import { alwaysBusy, type NumberPolicy } from './refusals.ts';

export interface SourceOptions {
  readonly directory: string;
  /** Whose the files without a restaurant_id are. */
  readonly organization: TenantKey | undefined;
  /** Name of a provider to its key: lent to every organisation of the box. */
  readonly keysFile: string | undefined;
  /** The platform's layer, for addresses of providers. */
  readonly platformFile: string | undefined;
  readonly keyRing: KeyRing;
  /** Whether default.json answers numbers that have no file. */
  readonly anyNumber: boolean;
  readonly callsPerNumber: number;
  readonly pool: string;
  readonly log: Logger;
}

interface Entry {
  readonly agent: DidAgent;
  readonly revision: number;
}

/** What the files of the whole box say. */
interface Shared {
  readonly platform: JsonObject;
  readonly keys: readonly { provider: string; key_id: string; ciphertext: string; owner: 'platform' }[];
  readonly revision: number;
}

const callsOfAnyNumber = 10;

export class DidSource {
  readonly #options: SourceOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #seen = new Map<string, string>();
  /** Of files that are gone: their tenants changed too. */
  readonly #gone = new Map<string, number>();
  #shared: Shared = { platform: {}, keys: [], revision: 0 };
  #revision = 0;

  /** @throws Error when the directory cannot be read, or the files of the whole box are wrong */
  constructor(options: SourceOptions) {
    this.#options = options;
    this.look();
  }

  /** Reads what changed since the last look. */
  look(): void {
    const { directory, keysFile, platformFile } = this.#options;
    if (this.#isNew('keys', keysFile) || this.#isNew('platform', platformFile)) this.#readShared();
    const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
    for (const name of names.sort()) {
      const file = join(directory, name);
      if (this.#isNew(file, file)) this.#read(file);
    }
    for (const [file, { agent }] of this.#entries) {
      if (names.includes(basename(file))) continue;
      this.#entries.delete(file);
      this.#seen.delete(file);
      this.#gone.set(agent.organization, this.#next());
      this.#options.log.info({ file, number: numberOf(agent) }, 'a number is gone with its file');
    }
  }

  find(called: string): OpenNumber | undefined {
    const entry = this.#entryOf(called);
    if (entry === undefined) return undefined;
    const { agent } = entry;
    const isFallback = agent.answers.kind === 'fallback';
    return {
      numberId: idOf(`number ${numberOf(agent)}`),
      organizationId: idOf(`organization ${agent.organization}`),
      tenant: agent.organization,
      pool: this.#options.pool,
      maxCalls: isFallback ? callsOfAnyNumber : this.#options.callsPerNumber,
    };
  }

  /** What the number says of calls that nobody takes. A configuration that works no more is told of by the agent. */
  policyOf(called: string, nowMs: number): NumberPolicy {
    const entry = this.#entryOf(called);
    const resolved = entry && this.#resolved(entry.agent);
    if (resolved?.outcome !== 'usable') return alwaysBusy;
    const { hours, business, language, refusal } = resolved.config;
    const isClosed = hours.closed.action === 'refuse' && !hoursAt(hours, business.timezone, nowMs).open;
    return { isClosed, language, refusal };
  }

  /** A row of `lookup_number`. */
  lookUp(called: string): JsonObject | undefined {
    const entry = this.#entryOf(called);
    const number = this.find(called);
    if (entry === undefined || number === undefined) return undefined;
    const { agent, revision } = entry;
    const { platform, keys, revision: sharedRevision } = this.#shared;
    return {
      number_id: number.numberId,
      organization_id: number.organizationId,
      tenant: agent.organization,
      organization_name: agent.businessName || agent.organization,
      phone_number: numberOf(agent),
      label: agent.businessName,
      active: true,
      organization_active: true,
      platform_config: platform,
      organization_config: {},
      instance_config: agent.mapped.config,
      config_override: {},
      config_revision: Math.max(revision, sharedRevision),
      changed_revision: Math.max(this.#changes().get(agent.organization) ?? 0, sharedRevision),
      provider_keys: keys,
    };
  }

  /** Rows of `config_changes`. @param since null: only where the count stands */
  changesSince(since: number | null): { tenant: string | null; revision: number }[] {
    if (since === null) return [{ tenant: null, revision: this.#revision }];
    const rows: { tenant: string | null; revision: number }[] = [...this.#changes()].map(([tenant, revision]) => ({
      tenant,
      revision,
    }));
    rows.push({ tenant: null, revision: this.#shared.revision });
    return rows.filter(({ revision }) => revision > since).sort((left, right) => left.revision - right.revision);
  }

  #changes(): Map<string, number> {
    const changes = new Map(this.#gone);
    for (const { agent, revision } of this.#entries.values())
      changes.set(agent.organization, Math.max(revision, changes.get(agent.organization) ?? 0));
    return changes;
  }

  /** As SQL finds it: as it is stored, else with the plus that some exchanges leave out, else the fallback. */
  #entryOf(called: string): Entry | undefined {
    const entries = [...this.#entries.values()];
    const wanted = [called, `+${called}`, ...(this.#options.anyNumber ? [anyNumber] : [])];
    return wanted
      .map((number) => entries.find(({ agent }) => numberOf(agent) === number))
      .find((found) => found !== undefined);
  }

  #read(file: string): void {
    const { log, organization } = this.#options;
    const agent = readDidAgent(file, organization);
    const problems = 'problems' in agent ? agent.problems : this.#check(agent);
    const kept = this.#entries.has(file) ? 'it keeps what it said before' : 'its number is not answered';
    if (problems.length > 0 || 'problems' in agent) {
      log.error({ problems: problems.map(problemLine), file }, `a DID file is wrong: ${kept}`);
      return;
    }
    this.#entries.set(file, { agent, revision: this.#next() });
    log.info({ file, number: numberOf(agent), tenant: agent.organization }, 'a DID file is in force');
  }

  #resolved({ mapped }: DidAgent) {
    return resolveConfig({ platform: this.#shared.platform, organization: {}, instance: mapped.config, number: {} });
  }

  #check(agent: DidAgent) {
    const { mapped, json } = agent;
    const resolved = this.#resolved(agent);
    if (resolved.outcome !== 'invalid') return [];
    return resolved.problems.map(({ path, message }) => json.problemAt(mapped.sourceOf(path), `${message} (${path})`));
  }

  #readShared(): void {
    const { keysFile, platformFile, keyRing } = this.#options;
    const keys = Object.entries(objectIn(keysFile)).map(([provider, key]) => {
      if (typeof key !== 'string') throw new Error(`${keysFile}: ${provider}: a key is a text`);
      const sealed = sealProviderKey(keyRing, { tenant: platformOwner, provider }, key);
      return { provider, key_id: sealed.keyId, ciphertext: sealed.ciphertext, owner: 'platform' as const };
    });
    this.#shared = { platform: objectIn(platformFile), keys, revision: this.#next() };
  }

  /** Whether the file is another one than at the last look. */
  #isNew(name: string, file: string | undefined): boolean {
    const { mtimeMs, size, ino } = file === undefined ? { mtimeMs: 0, size: 0, ino: 0 } : statSync(file);
    const seen = `${mtimeMs} ${size} ${ino}`;
    const isNew = this.#seen.get(name) !== seen;
    this.#seen.set(name, seen);
    return isNew;
  }

  /** Counts on from the clock, so that a shard that outlives this process hears of what changed meanwhile. */
  #next(): number {
    this.#revision = Math.max(this.#revision + 1, Date.now());
    return this.#revision;
  }
}

function numberOf({ answers }: DidAgent): string {
  return answers.kind === 'number' ? answers.number : anyNumber;
}

/** The same after a restart: agents come back with it. */
function idOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}

function objectIn(file: string | undefined): JsonObject {
  if (file === undefined) return {};
  const read = readJsonFile(file);
  if (read.outcome === 'broken') throw new Error(read.problems.map(problemLine).join('; '));
  return read.json.value;
}
