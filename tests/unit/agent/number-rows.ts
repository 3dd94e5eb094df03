/** Rows as `lookup_number` returns them, and a source of them that is held, broken and counted by hand. */
import type { ConfigNews } from '../../../agent/config-poller.ts';
import type { NumberSource } from '../../../agent/config-source.ts';
import { type NumberRow, numberRowSchema } from '../../../shared/contracts.ts';
import { DatabaseAway } from '../../../shared/db.ts';
import { type TenantKey, tenantKeySchema } from '../../../shared/ids.ts';

export const pizza = tenantKeySchema.parse('harbor-pizza');
export const bianchi = tenantKeySchema.parse('studio-bianchi');

export function rowOf(tenant: TenantKey, changes: Record<string, unknown> = {}): NumberRow {
  return numberRowSchema.parse({
    number_id: '00000000-0000-4000-8000-000000000002',
    organization_id: '00000000-0000-4000-8000-000000000003',
    tenant,
    organization_name: 'Harbor Pizza',
    phone_number: '2001',
    label: 'orders',
    active: true,
    organization_active: true,
    platform_config: {},
    organization_config: {},
    instance_config: { greeting: { text: 'Hello.' } },
    config_override: {},
    config_revision: 1,
    changed_revision: 1,
    provider_keys: [],
    ...changes,
  });
}

export const saying = (text: string, revision = 1) => ({
  config_override: { greeting: { text } },
  config_revision: revision,
  changed_revision: revision,
});

/** Whatever is asked waits until it is let go, so that a test decides what happens at once. */
export class HandSource implements NumberSource {
  readonly rows = new Map<string, NumberRow>();
  /** Older versions of any number, newest first. */
  older: readonly NumberRow[] = [];
  readonly asked: string[] = [];
  failure: Error | undefined;
  most = 0;
  #waiting: (() => void)[] | undefined;
  #running = 0;

  hold(): void {
    this.#waiting = [];
  }

  letGo(): void {
    for (const resume of this.#waiting ?? []) resume();
    this.#waiting = undefined;
  }

  away(): void {
    this.failure = new DatabaseAway('no answer');
  }

  async find(called: string): Promise<NumberRow | undefined> {
    // What a read sees is decided when it begins, however long the answer takes.
    const row = this.rows.get(called);
    await this.#ask(called);
    return row;
  }

  async findBefore(called: string, revision: number): Promise<NumberRow | undefined> {
    await this.#ask(`${called} before ${revision}`);
    return this.older.find((row) => row.configRevision < revision);
  }

  async changes(): Promise<Exclude<ConfigNews, 'unknown'>> {
    return [];
  }

  async #ask(what: string): Promise<void> {
    this.asked.push(what);
    this.most = Math.max(this.most, ++this.#running);
    try {
      if (this.#waiting !== undefined) await new Promise<void>((resume) => this.#waiting?.push(resume));
      if (this.failure !== undefined) throw this.failure;
    } finally {
      this.#running--;
    }
  }
}
