/** Who may do what with the rows of each table. A table that is not here fails a test. */
import type { Holder, Player, Rank } from './actors.ts';

/** Those who may, each with the rows of their own organisation; the platform's admins may with everybody's, but for `nobody`. */
export type Right = 'members' | 'editors' | 'owners' | 'platform' | 'nobody';

export const actions = ['read', 'add', 'change', 'remove'] as const;
export type Action = (typeof actions)[number];

export type Rights = Readonly<Record<Action, Right>> & {
  /** The column that says whose a row is; null: they are all the platform's. */
  readonly holder: 'organization_id' | 'id' | null;
  /** Those who have rows in it. */
  readonly holders: readonly Holder[];
  /** One that may be changed by those who may change anything. */
  readonly column: string;
};

const businesses = ['Harbor Pizza', 'Studio Bianchi'] as const;
const everybody = [...businesses, 'the platform'] as const;

const ofBusinesses = { holder: 'organization_id', holders: businesses } as const;
const ofEverybody = { holder: 'organization_id', holders: everybody } as const;
const ofPlatform = { holder: null, holders: ['the platform'] } as const;
/** Written by functions that run with more rights than whoever calls them. */
const readOnly = { add: 'nobody', change: 'nobody', remove: 'nobody' } as const;
const keptByPlatform = { read: 'platform', add: 'platform', change: 'platform', remove: 'platform' } as const;

export const rights: Readonly<Record<string, Rights>> = {
  active_calls: { ...ofBusinesses, read: 'members', ...readOnly, column: 'state' },
  active_refusals: { ...ofBusinesses, read: 'members', ...readOnly, column: 'room' },
  agent_instances: {
    ...ofBusinesses,
    read: 'members',
    add: 'editors',
    change: 'editors',
    remove: 'editors',
    column: 'name',
  },
  api_keys: { ...ofEverybody, read: 'owners', ...readOnly, column: 'name' },
  audit_log: { ...ofEverybody, read: 'owners', ...readOnly, column: 'action' },
  breakers: { ...ofBusinesses, read: 'members', ...readOnly, column: 'state' },
  call_refusals: { ...ofEverybody, read: 'members', ...readOnly, column: 'reason' },
  carriers: { ...ofEverybody, ...keptByPlatform, column: 'name' },
  config_versions: { ...ofEverybody, read: 'members', ...readOnly, column: 'config' },
  gateways: { ...ofPlatform, ...keptByPlatform, column: 'name' },
  invitations: {
    ...ofBusinesses,
    read: 'owners',
    add: 'owners',
    change: 'nobody',
    remove: 'owners',
    column: 'role',
  },
  organization_members: {
    ...ofBusinesses,
    read: 'members',
    add: 'owners',
    change: 'owners',
    remove: 'owners',
    column: 'role',
  },
  organizations: {
    holder: 'id',
    holders: businesses,
    read: 'members',
    add: 'nobody',
    change: 'editors',
    remove: 'nobody',
    column: 'name',
  },
  platform_admins: { ...ofPlatform, read: 'platform', ...readOnly, column: 'user_id' },
  platform_settings: { ...ofPlatform, read: 'platform', ...readOnly, change: 'platform', column: 'config' },
  pools: { ...ofPlatform, read: 'platform', ...readOnly, column: 'max_concurrent_calls' },
  prices: { ...ofPlatform, ...keptByPlatform, column: 'price' },
  provider_keys: { ...ofEverybody, read: 'owners', ...readOnly, column: 'last_four' },
  recordings: { ...ofBusinesses, read: 'editors', ...readOnly, remove: 'owners', column: 'length_ms' },
  session_transfers: { ...ofBusinesses, read: 'members', ...readOnly, column: 'outcome' },
  session_turns: { ...ofBusinesses, read: 'members', ...readOnly, column: 'text' },
  session_usage: { ...ofBusinesses, read: 'members', ...readOnly, column: 'amount' },
  sessions: { ...ofBusinesses, read: 'members', ...readOnly, column: 'language' },
  sip_numbers: {
    ...ofEverybody,
    read: 'members',
    add: 'platform',
    change: 'editors',
    remove: 'platform',
    column: 'label',
  },
  tickets: { ...ofBusinesses, read: 'members', add: 'editors', change: 'editors', remove: 'nobody', column: 'status' },
  webhook_deliveries: { ...ofBusinesses, read: 'editors', ...readOnly, column: 'event' },
  webhook_endpoints: { ...ofBusinesses, read: 'editors', ...readOnly, column: 'url' },
  workers: { ...ofPlatform, read: 'platform', ...readOnly, column: 'version' },
};

/** Every column that somebody who is signed in may write into a row that is there. */
export const changeable: Readonly<Record<string, readonly string[]>> = {
  agent_instances: ['config', 'is_default', 'name'],
  carriers: ['active', 'created_at', 'id', 'name', 'organization_id', 'source_network'],
  gateways: ['active', 'address', 'created_at', 'dispatch_group', 'id', 'name', 'port', 'priority', 'weight'],
  organization_members: ['role'],
  organizations: ['config', 'name', 'timezone'],
  platform_settings: ['config', 'max_concurrent_calls'],
  prices: ['changed_at', 'id', 'kind', 'model', 'price', 'provider', 'unit'],
  sip_numbers: ['active', 'config_override', 'label'],
  tickets: ['body', 'closed_at', 'contact', 'priority', 'status', 'title'],
};

/** `refused`: turned away before any row is looked at; else those whose rows it works with. */
export type Reach = 'refused' | readonly Holder[];

const least: Readonly<Record<'members' | 'editors' | 'owners', Rank>> = {
  members: 'viewer',
  editors: 'editor',
  owners: 'owner',
};
const ranks: readonly Rank[] = ['viewer', 'editor', 'owner'];

/** How far somebody gets with an action on a table. */
export function reachOf({ standing }: Player, { holders, ...may }: Rights, action: Action): Reach {
  const right = may[action];
  if (right === 'nobody') return 'refused';
  switch (standing.is) {
    case 'outside':
      return 'refused';
    case 'nobody':
      return [];
    case 'platform':
      return holders;
    case 'member':
      if (right === 'platform' || ranks.indexOf(standing.rank) < ranks.indexOf(least[right])) return [];
      return holders.filter((holder) => holder === standing.of);
  }
}

export function sentence({ who }: Player, table: string, action: Action, reach: Reach): string {
  if (reach === 'refused') return `${who} is not let near ${table} to ${action} any`;
  if (reach.length === 0) return `${who} may ${action} no ${table}`;
  return `${who} may ${action} ${table} of ${reach.join(', ')}`;
}
