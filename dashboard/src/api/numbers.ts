import { hc } from 'hono/client';
import type { numbersApi } from '../../../dispatch/api/resources/numbers.ts';
import type { testCallsApi } from '../../../dispatch/api/resources/test-calls.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, done, once, read, sending } from './request.ts';

const client = hc<ReturnType<typeof numbersApi>>(apiPath, sending);
const testCalls = hc<ReturnType<typeof testCallsApi>>(apiPath, sending);

export type PhoneNumber = Awaited<ReturnType<typeof listNumbers>>['items'][number];
type NumberChange = Parameters<(typeof client.numbers)[':id']['$patch']>[0]['json'];
export type NewNumber = Parameters<typeof client.numbers.$post>[0]['json']['numbers'][number];
export type AddedNumber = Awaited<ReturnType<typeof addNumbers>>['numbers'][number];

export interface NumberFilter {
  readonly organization?: string | undefined;
  readonly assigned?: 'true' | 'false' | undefined;
  readonly search?: string | undefined;
}

export function listNumbers(filter: NumberFilter, page: Page = {}) {
  return read(client.numbers.$get({ query: { ...filter, ...pageOf(page) } }));
}

export function readNumber(id: string) {
  return read(client.numbers[':id'].$get({ param: { id } }));
}

/** What is there already is left as it is. */
export function addNumbers(numbers: NewNumber[]) {
  return read(client.numbers.$post({ json: { numbers } }, once()));
}

export function changeNumber(id: string, change: NumberChange) {
  return read(client.numbers[':id'].$patch({ param: { id }, json: change }));
}

export function removeNumber(id: string) {
  return done(client.numbers[':id'].$delete({ param: { id } }));
}

/** A place in a new room, as the caller of that number. */
export function startTestCall(id: string) {
  return read(testCalls.numbers[':id']['test-call'].$post({ param: { id } }));
}
