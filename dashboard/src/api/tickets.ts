import { hc } from 'hono/client';
import type { ticketsApi } from '../../../dispatch/api/resources/tickets.ts';
import { type Page, pageOf } from './page.ts';
import { apiPath, once, read, sending } from './request.ts';

const client = hc<ReturnType<typeof ticketsApi>>(apiPath, sending);

export type Ticket = Awaited<ReturnType<typeof listTickets>>['items'][number];
type NewTicket = Parameters<typeof client.tickets.$post>[0]['json'];
type TicketChange = Parameters<(typeof client.tickets)[':id']['$patch']>[0]['json'];

interface TicketFilter {
  readonly organization?: string | undefined;
  readonly status?: 'open' | 'closed' | undefined;
  readonly search?: string | undefined;
}

export function listTickets(filter: TicketFilter, page: Page = {}) {
  return read(client.tickets.$get({ query: { ...filter, ...pageOf(page) } }));
}

export function addTicket(ticket: NewTicket) {
  return read(client.tickets.$post({ json: ticket }, once()));
}

export function changeTicket(id: string, change: TicketChange) {
  return read(client.tickets[':id'].$patch({ param: { id }, json: change }));
}
