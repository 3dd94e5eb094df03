/** Reads the dialled number's row: whose it is, every configuration layer, that organisation's sealed keys. */
import type { ConfigCache, Lookup } from './config-cache.ts';
import type { CallIdentity } from './identify.ts';

/** Never throws: three steps run at once, and the claim among them must be known before anything is done about a failure. */
export function lookUp({ calledNumber, tenant }: CallIdentity, numbers: ConfigCache): Promise<Lookup> {
  return numbers.find(calledNumber, tenant);
}
