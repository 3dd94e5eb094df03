/** Every page: its address, its place in the navigation, who may open it. Each is loaded when it is first opened. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { IconName } from './parts/icon.tsx';
import type { Need } from './session/access.ts';
import type { Words } from './words/en.ts';

export interface PageRoute {
  readonly path: string;
  readonly name: keyof Words['shell']['pages'];
  readonly need: Need;
  /** Undefined: opened from other pages only. */
  readonly nav?: { readonly group: keyof Words['shell']['groups']; readonly icon: IconName };
  readonly page: LazyExoticComponent<ComponentType>;
}

export const routes: readonly PageRoute[] = [
  {
    path: '/',
    name: 'numbers',
    need: 'member',
    nav: { group: 'numbers', icon: 'phone' },
    page: lazy(() => import('./pages/numbers/numbers-page.tsx')),
  },
  {
    path: '/calls/live',
    name: 'live',
    need: 'member',
    nav: { group: 'operations', icon: 'live' },
    page: lazy(() => import('./pages/live/live-page.tsx')),
  },
  {
    path: '/calls',
    name: 'history',
    need: 'member',
    nav: { group: 'operations', icon: 'history' },
    page: lazy(() => import('./pages/calls/history-page.tsx')),
  },
  {
    path: '/calls/:id',
    name: 'call',
    need: 'member',
    page: lazy(() => import('./pages/calls/call-page.tsx')),
  },
  {
    path: '/refusals',
    name: 'refusals',
    need: 'member',
    nav: { group: 'operations', icon: 'refusal' },
    page: lazy(() => import('./pages/refusals/refusals-page.tsx')),
  },
  {
    path: '/statistics',
    name: 'statistics',
    need: 'member',
    nav: { group: 'operations', icon: 'chart' },
    page: lazy(() => import('./pages/statistics/statistics-page.tsx')),
  },
  {
    path: '/health',
    name: 'health',
    need: 'member',
    nav: { group: 'operations', icon: 'health' },
    page: lazy(() => import('./pages/health/health-page.tsx')),
  },
  {
    path: '/tickets',
    name: 'tickets',
    need: 'member',
    nav: { group: 'work', icon: 'ticket' },
    page: lazy(() => import('./pages/tickets/tickets-page.tsx')),
  },
  {
    path: '/team',
    name: 'team',
    need: 'member',
    nav: { group: 'organization', icon: 'team' },
    page: lazy(() => import('./pages/team/team-page.tsx')),
  },
  {
    path: '/keys',
    name: 'keys',
    need: 'owner',
    nav: { group: 'organization', icon: 'key' },
    page: lazy(() => import('./pages/keys/keys-page.tsx')),
  },
  {
    path: '/audit',
    name: 'audit',
    need: 'owner',
    nav: { group: 'organization', icon: 'audit' },
    page: lazy(() => import('./pages/audit/audit-page.tsx')),
  },
  {
    path: '/api',
    name: 'reference',
    need: 'member',
    nav: { group: 'organization', icon: 'code' },
    page: lazy(() => import('./pages/reference/reference-page.tsx')),
  },
  {
    path: '/admin/numbers',
    name: 'adminNumbers',
    need: 'admin',
    nav: { group: 'platform', icon: 'list' },
    page: lazy(() => import('./pages/platform/platform-numbers-page.tsx')),
  },
  {
    path: '/admin/organizations',
    name: 'adminOrganizations',
    need: 'admin',
    nav: { group: 'platform', icon: 'building' },
    page: lazy(() => import('./pages/platform/organizations-page.tsx')),
  },
  {
    path: '/admin/prices',
    name: 'adminPrices',
    need: 'admin',
    nav: { group: 'platform', icon: 'coin' },
    page: lazy(() => import('./pages/platform/prices-page.tsx')),
  },
];
