/** What everybody gets of the functions that the API calls. One that is not here fails a test. */
import type { Player, Rank } from './actors.ts';

/** From this rank in Harbor Pizza up, and platform admins; `signed in`: everybody with a sign-in; `platform`: admins alone. */
export type Least = Rank | 'signed in' | 'platform';

export interface ApiFunction {
  readonly name: string;
  readonly least: Least;
  /** For a sentence: what somebody does who may. */
  readonly does: string;
  /** Gives a row when it was done, and none when there was nothing to see or to do. */
  readonly statement: string;
}

const harbor = `'0a000000-0000-4000-8000-000000000001'`;
const call = `'0a000000-0000-4000-8000-00000000f001'`;
const number = `'0a000000-0000-4000-8000-000000002001'`;
const agent = `'0a000000-0000-4000-8000-000000000002'`;
const of = `'{"organization": "0a000000-0000-4000-8000-000000000001"}'::jsonb`;
const hook = `'0a000000-0000-4000-8000-00000000f002'`;
const probe = `'0a000000-0000-4000-8000-00000000f003'`;
const recording = `'0a000000-0000-4000-8000-00000000f005'`;
const member = `'0c000000-0000-4000-8000-000000000003'`;

const rows = (call: string) => `select 1 as found from public.${call}`;
const listed = (call: string, field: string) =>
  `select 1 as found from public.${call} shown where jsonb_array_length(shown -> '${field}') > 0`;
const given = (call: string) => `select 1 as found from public.${call} given where given is not null`;
const done = (call: string) => `select 1 as found from public.${call} happened where happened`;
const idOf = (table: string) => `(select max(id::text)::uuid from ${table} where organization_id = ${harbor})`;

const called = (least: Least, does: string, name: string, statement: string): ApiFunction => ({
  name,
  least,
  does,
  statement,
});

export const apiFunctions: readonly ApiFunction[] = [
  called('signed in', 'asks who they are', 'api_caller', given('api_caller()')),
  called('signed in', 'begins a request', 'api_begin_request', given(`api_begin_request('k', 'f')`)),
  called('signed in', 'ends a request', 'api_end_request', rows(`api_end_request('k', 200, '{}')`)),
  called('signed in', 'drops a request', 'api_drop_request', rows(`api_drop_request('k')`)),
  called('signed in', 'accepts invitations', 'api_accept_invitations', rows('api_accept_invitations()')),
  called(
    'viewer',
    'sees the organisation',
    'api_organizations',
    rows(`api_organizations(${of} || '{"search": "harbor"}')`),
  ),
  called('platform', 'adds an organisation', 'api_add_organization', given(`api_add_organization('{"slug": "new"}')`)),
  called(
    'editor',
    'renames the organisation',
    'api_change_organization',
    given(`api_change_organization(${harbor}, '{"name": "x"}')`),
  ),
  called(
    'platform',
    'raises the limit of the organisation',
    'api_change_organization',
    given(`api_change_organization(${harbor}, '{"maxConcurrentCalls": 9}')`),
  ),
  called('viewer', 'sees the agents', 'api_agents', rows(`api_agents(${of})`)),
  called('editor', 'adds an agent', 'api_add_agent', given(`api_add_agent(${harbor}, 'x')`)),
  called('editor', 'renames an agent', 'api_change_agent', given(`api_change_agent(${agent}, '{"name": "x"}')`)),
  called('editor', 'removes an agent', 'api_remove_agent', done(`api_remove_agent(${agent})`)),
  called('viewer', 'sees the numbers', 'api_numbers', rows(`api_numbers(${of})`)),
  called('editor', 'labels a number', 'api_change_number', given(`api_change_number(${number}, '{"label": "x"}')`)),
  called(
    'platform',
    'takes a number away',
    'api_change_number',
    given(`api_change_number(${number}, '{"organization": null}')`),
  ),
  called(
    'platform',
    'raises the limit of a number',
    'api_change_number',
    given(`api_change_number(${number}, '{"maxConcurrentCalls": 9}')`),
  ),
  called('platform', 'adds numbers', 'api_add_numbers', rows(`api_add_numbers('[{"phoneNumber": "2777"}]')`)),
  called(
    'platform',
    'removes a number',
    'api_remove_number',
    done(`api_remove_number((select id from sip_numbers where phone_number = '2009'))`),
  ),
  called('viewer', 'sees all layers of a number', 'api_layers', given(`api_layers('number', ${number})`)),
  called('viewer', 'sees the configuration of a number', 'api_layer', given(`api_layer('number', ${number})`)),
  called('platform', 'sees the configuration of the platform', 'api_layer', given(`api_layer('platform', null)`)),
  called(
    'editor',
    'saves the configuration of a number',
    'api_save_layer',
    `select 1 as found from public.api_save_layer('number', ${number}, '{}', (select config_revision from sip_numbers where id = ${number})) where outcome = 'saved'`,
  ),
  called(
    'platform',
    'saves the configuration of the platform',
    'api_save_layer',
    `select 1 as found from public.api_save_layer('platform', null, '{}', (select config_revision from platform_settings)) where outcome = 'saved'`,
  ),
  called('viewer', 'sees the versions of a number', 'api_versions', rows(`api_versions('number', ${number})`)),
  called('viewer', 'sees live calls', 'api_live_calls', listed(`api_live_calls(${of})`, 'calls')),
  called('viewer', 'looks for news', 'api_news', listed(`api_news(${of})`, 'calls')),
  called('viewer', 'sees the history', 'api_calls', rows(`api_calls(${of})`)),
  called('viewer', 'sees a call', 'api_call', given(`api_call(${call})`)),
  called(
    'viewer',
    'sees figures',
    'api_statistics',
    `select 1 as found from public.api_statistics(${of} || '{"from": "2000-01-01", "to": "2100-01-01", "timezone": "UTC"}') shown where (shown ->> 'calls')::integer > 0`,
  ),
  called('editor', 'ends a call', 'api_end_call', done(`api_end_call(${call})`)),
  called(
    'editor',
    'sees what was recorded of a call',
    'api_call_recordings',
    listed(`api_call_recordings(${call})`, 'recordings'),
  ),
  called('editor', 'plays a recording', 'api_play_recording', given(`api_play_recording(${recording})`)),
  called('editor', 'hears a part of a recording', 'api_recording_part', given(`api_recording_part(${recording}, 1)`)),
  called('owner', 'removes a recording', 'api_remove_recording', done(`api_remove_recording(${recording})`)),
  called('owner', 'listens in', 'api_listen', given(`api_listen(${call})`)),
  called('viewer', 'sees the tickets', 'api_tickets', rows(`api_tickets(${of})`)),
  called('editor', 'opens a ticket', 'api_add_ticket', given(`api_add_ticket(${of} || '{"title": "x"}')`)),
  called(
    'editor',
    'closes a ticket',
    'api_change_ticket',
    given(`api_change_ticket(${idOf('tickets')}, '{"status": "closed"}')`),
  ),
  called('viewer', 'sees the refused calls', 'api_refusals', rows(`api_refusals(${of})`)),
  called('viewer', 'sees the breakers', 'api_breakers', listed(`api_breakers(${of})`, 'breakers')),
  called('editor', 'resets the breakers', 'api_reset_breakers', rows(`api_reset_breakers(${harbor})`)),
  called('viewer', 'sees numbers that have an older configuration', 'api_health', listed(`api_health(${of})`, 'older')),
  called('platform', 'sees the workers', 'api_workers', listed('api_workers()', 'workers')),
  called('platform', 'sees prices', 'api_prices', listed('api_prices()', 'prices')),
  called(
    'platform',
    'sets a price',
    'api_put_price',
    given(`api_put_price('{"kind": "stt", "provider": "deepgram", "model": "*", "unit": "audio_ms", "price": 0.01}')`),
  ),
  called(
    'platform',
    'removes a price',
    'api_remove_price',
    done(`api_remove_price('0a000000-0000-4000-8000-00000000f004')`),
  ),
  called('viewer', 'sees the people', 'api_members', listed(`api_members(${harbor})`, 'members')),
  called('owner', 'sees who is invited', 'api_members', listed(`api_members(${harbor})`, 'invitations')),
  called('owner', 'invites somebody', 'api_invite', given(`api_invite(${harbor}, 'new@x.test', 'viewer')`)),
  called(
    'owner',
    'changes the role of a member',
    'api_change_member',
    done(`api_change_member(${harbor}, ${member}, 'editor')`),
  ),
  called('owner', 'removes a member', 'api_remove_member', done(`api_remove_member(${harbor}, ${member})`)),
  called(
    'owner',
    'sees which provider keys there are',
    'api_provider_keys',
    listed(`api_provider_keys(${of})`, 'keys'),
  ),
  called(
    'owner',
    'stores a provider key',
    'api_put_provider_key',
    given(
      `api_put_provider_key(${harbor}, 'openai', jsonb_build_object('keyId', 'k1', 'ciphertext', repeat('c', 60), 'lastFour', 'abcd'))`,
    ),
  ),
  called(
    'platform',
    'stores a provider key of the platform',
    'api_put_provider_key',
    given(
      `api_put_provider_key(null, 'openai', jsonb_build_object('keyId', 'k1', 'ciphertext', repeat('c', 60), 'lastFour', 'abcd'))`,
    ),
  ),
  called(
    'owner',
    'removes a provider key',
    'api_remove_provider_key',
    done(`api_remove_provider_key(${idOf('provider_keys')})`),
  ),
  called('editor', 'tries the providers of a number', 'api_probe_number', given(`api_probe_number(${number})`)),
  called('owner', 'tries a provider key', 'api_probe_key', given(`api_probe_key(${idOf('provider_keys')})`)),
  called('editor', 'sees what came of a try', 'api_probe', given(`api_probe(${probe})`)),
  called('owner', 'sees which API keys there are', 'api_api_keys', listed(`api_api_keys(${of})`, 'keys')),
  called(
    'owner',
    'makes an API key',
    'api_add_api_key',
    given(
      `api_add_api_key(${of} || jsonb_build_object('name', 'x', 'hash', repeat('f', 64), 'lastFour', 'abcd', 'scopes', '["calls:read"]'::jsonb))`,
    ),
  ),
  called(
    'platform',
    'makes an API key of the platform',
    'api_add_api_key',
    given(
      `api_add_api_key(jsonb_build_object('name', 'x', 'hash', repeat('f', 64), 'lastFour', 'abcd', 'scopes', '["calls:read"]'::jsonb))`,
    ),
  ),
  called('owner', 'takes an API key back', 'api_remove_api_key', done(`api_remove_api_key(${idOf('api_keys')})`)),
  called('editor', 'sees the webhooks', 'api_webhooks', rows(`api_webhooks(${of})`)),
  called(
    'editor',
    'adds a webhook',
    'api_add_webhook',
    given(`api_add_webhook(${of} || '{"url": "https://y.test"}', '{"keyId": "k1", "ciphertext": "x"}')`),
  ),
  called(
    'editor',
    'switches a webhook off',
    'api_change_webhook',
    given(`api_change_webhook(${hook}, '{"active": false}')`),
  ),
  called('editor', 'removes a webhook', 'api_remove_webhook', done(`api_remove_webhook(${hook})`)),
  called('editor', 'sends a test to a webhook', 'api_test_webhook', given(`api_test_webhook(${hook})`)),
  called('editor', 'sees what a webhook was told', 'api_webhook_deliveries', rows(`api_webhook_deliveries(${hook})`)),
  called(
    'editor',
    'sends a delivery again',
    'api_replay_delivery',
    given(`api_replay_delivery((select max(id::text)::uuid from webhook_deliveries where endpoint_id = ${hook}))`),
  ),
  called('owner', 'sees what was changed', 'api_audit', rows(`api_audit(${of})`)),
];

const ranks: readonly Rank[] = ['viewer', 'editor', 'owner'];

export function may({ standing }: Player, least: Least): boolean {
  switch (standing.is) {
    case 'outside':
      return false;
    case 'nobody':
      return least === 'signed in';
    case 'platform':
      return true;
    case 'member':
      if (least === 'signed in') return true;
      return (
        least !== 'platform' && standing.of === 'Harbor Pizza' && ranks.indexOf(standing.rank) >= ranks.indexOf(least)
      );
  }
}
