/** Trying providers without a call. */
import { hc } from 'hono/client';
import type { probesApi } from '../../../dispatch/api/resources/probes.ts';
import type { JsonObject } from './json.ts';
import { apiPath, read, sending } from './request.ts';

const client = hc<ReturnType<typeof probesApi>>(apiPath, sending);

export type Probe = Awaited<ReturnType<typeof readProbe>>;
export type ProbeResult = NonNullable<Probe['result']>;

/** @param config of the number, as it is written and perhaps not saved */
export function probeNumber(id: string, config: JsonObject) {
  return read(client.numbers[':id'].probe.$post({ param: { id }, json: { config } }));
}

export function probeKey(id: string) {
  return read(client['provider-keys'][':id'].probe.$post({ param: { id } }));
}

export function readProbe(id: string) {
  return read(client.probes[':id'].$get({ param: { id } }));
}
