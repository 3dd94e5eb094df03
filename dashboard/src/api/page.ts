/** Lists come page by page: each says from where the next one goes on. */
export interface Page {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export function pageOf({ limit, after }: Page): { limit?: string | undefined; after?: string | undefined } {
  return { limit: limit === undefined ? undefined : String(limit), after };
}
