/** Asks twice a second what changed, once for all shards of this machine: one row a changed tenant, usually none. */
import { z } from 'zod';
import { configChangeSchema } from '../shared/contracts.ts';
import type { Logger } from '../shared/log.ts';
import type { NumberSource } from './config-source.ts';
import { Poll } from './poll.ts';

export const pollEveryMs = 500;

/** `unknown`: changes are counted from here on; whatever was read before may be out of date. */
export const configNewsSchema = z.union([z.literal('unknown'), z.array(configChangeSchema)]);
export type ConfigNews = z.infer<typeof configNewsSchema>;

export interface PollerOptions {
  readonly source: Pick<NumberSource, 'changes'>;
  readonly log: Logger;
  /** After each poll that was answered, also when nothing changed: silence means that nobody knows. */
  onNews(news: ConfigNews): void;
}

export class ConfigPoller {
  readonly #options: PollerOptions;
  readonly #poll: Poll<ConfigNews>;
  #since: number | null = null;

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#poll = new Poll({
      everyMs: pollEveryMs,
      log: options.log,
      lost: 'nobody says whether configurations change',
      back: 'changes of configurations are heard of again',
      ask: () => this.#ask(),
      onAnswer: (news) => this.#pass(news),
    });
  }

  close(): void {
    this.#poll.close();
  }

  async #ask(): Promise<ConfigNews> {
    const since = this.#since;
    const changes = await this.#options.source.changes(since);
    this.#since = changes.at(-1)?.revision ?? since;
    // A count that goes back: the database was brought back from a backup.
    const rewound = since !== null && changes.some(({ revision }) => revision < since);
    return since === null || rewound ? 'unknown' : [...changes];
  }

  #pass(news: ConfigNews): void {
    this.#options.onNews(news);
    const tenants = news === 'unknown' ? news : news.map(({ tenant }) => tenant ?? 'all');
    if (news.length > 0) this.#options.log.info({ revision: this.#since, tenants }, 'configurations changed');
  }
}
