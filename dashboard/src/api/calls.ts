import { hc } from 'hono/client';
import type { callsApi } from '../../../dispatch/api/resources/calls.ts';
import type { recordingsApi } from '../../../dispatch/api/resources/recordings.ts';
import type { refusalsApi } from '../../../dispatch/api/resources/refusals.ts';
import type { ReasonCode } from '../../../shared/reasons.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, done, read, readSound, sending } from './request.ts';

const client = hc<ReturnType<typeof callsApi>>(apiPath, sending);
const recordings = hc<ReturnType<typeof recordingsApi>>(apiPath, sending);
const turnedAway = hc<ReturnType<typeof refusalsApi>>(apiPath, sending);

export type Recording = CallDetail['recordings'][number];
export type Call = Awaited<ReturnType<typeof listCalls>>['items'][number];
export type CallDetail = Awaited<ReturnType<typeof readCall>>;
export type Refusal = Awaited<ReturnType<typeof listRefusals>>['items'][number];
export type Statistics = Awaited<ReturnType<typeof readStatistics>>;

export interface CallFilter {
  readonly organization?: string | undefined;
  readonly number?: string | undefined;
  readonly reason?: ReasonCode | undefined;
  readonly answered?: 'true' | 'false' | undefined;
  readonly tickets?: 'true' | 'false' | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly caller?: string | undefined;
  readonly words?: string | undefined;
}

interface RefusalFilter {
  readonly organization?: string | undefined;
  readonly reason?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export function listLiveCalls(organization?: string) {
  return read(client.calls.live.$get({ query: { organization } }));
}

export function listCalls(filter: CallFilter, page: Page = {}) {
  return read(client.calls.$get({ query: { ...filter, ...pageOf(page) } }));
}

export function readCall(id: string) {
  return read(client.calls[':id'].$get({ param: { id } }));
}

export function hangUp(id: string) {
  return done(client.calls[':id']['hang-up'].$post({ param: { id } }));
}

/** The whole sound: a player that asked for it itself could not say who asks. */
export function readRecording(id: string): Promise<Blob> {
  return readSound(recordings.recordings[':id'].$get({ param: { id } }));
}

export function removeRecording(id: string) {
  return done(recordings.recordings[':id'].$delete({ param: { id } }));
}

export function listenIn(id: string) {
  return read(client.calls[':id'].listen.$post({ param: { id } }));
}

export function listRefusals(filter: RefusalFilter, page: Page = {}) {
  return read(turnedAway.refusals.$get({ query: { ...filter, ...pageOf(page) } }));
}

export function readStatistics(query: {
  readonly organization?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
}) {
  return read(client.calls.statistics.$get({ query }));
}
