-- What providers take, as whoever runs the platform knows it: from then on each call says what it cost.
--
-- A price is kept per million of tokens or characters and per minute of sound, in one currency, which is nobody's business here.
-- Calls that are over keep the cost that they had: prices change, bills do not.

create table public.prices (
  id uuid primary key default gen_random_uuid(),
  kind public.usage_kind not null,
  provider text not null constraint price_provider_is_short check (char_length(provider) between 1 and 64),
  model text not null default '*' constraint price_model_is_short check (char_length(model) between 1 and 120),
  unit public.usage_unit not null,
  price numeric(12, 4) not null constraint price_is_not_negative check (price >= 0),
  changed_at timestamptz not null default now(),
  constraint one_price_each unique (kind, provider, model, unit)
);
comment on table public.prices is 'What providers take for what calls use of them.';
comment on column public.prices.model is 'As configurations name it; *: each model of the provider that has no price of its own.';
comment on column public.prices.price is 'For a million tokens or characters, for a minute of sound.';

alter table public.prices enable row level security;
grant select, insert, update, delete on public.prices to authenticated;
create policy "Platform admins see prices" on public.prices
  for select to authenticated using ((select private.is_platform_admin()));
create policy "Platform admins add prices" on public.prices
  for insert to authenticated with check ((select private.is_platform_admin()));
create policy "Platform admins change prices" on public.prices
  for update to authenticated using ((select private.is_platform_admin()))
  with check ((select private.is_platform_admin()));
create policy "Platform admins remove prices" on public.prices
  for delete to authenticated using ((select private.is_platform_admin()));
create trigger audit_change after insert or update or delete on public.prices
  for each row execute function private.audit_change('price');

create function private.rate_of(used public.session_usage) returns numeric
language sql stable set search_path = ''
as $$
  select price.price / case used.unit when 'audio_ms' then 60000 else 1000000 end
  from public.prices price
  where price.kind = used.kind and price.provider = used.provider and price.unit = used.unit
    and price.model in (used.model, '*')
  order by price.model = '*'
  limit 1
$$;
comment on function private.rate_of is 'What one unit costs; null: nobody said.';

create function private.whole_of(part public.usage_unit) returns public.usage_unit
language sql immutable set search_path = ''
as $$
  select case
    when part in ('cached_input_tokens', 'input_audio_tokens') then 'input_tokens'
    when part = 'output_audio_tokens' then 'output_tokens'
  end::public.usage_unit
$$;
comment on function private.whole_of is 'Among which tokens those of a kind of their own are counted too; null: among no others.';

create or replace function private.keep_usage(session public.sessions, p_usage jsonb, p_without_takes integer) returns void
language plpgsql volatile set search_path = ''
as $$
begin
  delete from public.session_usage where session_id = session.id;
  insert into public.session_usage (session_id, organization_id, kind, provider, model, unit, amount)
  select session.id, session.organization_id, kind, provider, model, unit, sum(amount)
  from (
    select kind, provider, model, unit, amount
    from jsonb_to_recordset(coalesce(p_usage, '[]')) used
      (kind public.usage_kind, provider text, model text, unit public.usage_unit, amount numeric)
    union all
    select kind, provider, model, unit, amount
    from private.noted_usage
    where session_id = session.id and takes is distinct from p_without_takes
  ) used
  group by kind, provider, model, unit;
  perform private.keep_cost(session.id);
end;
$$;

create function private.keep_cost(p_session_id uuid) returns void
language sql volatile set search_path = ''
as $$
  -- What has a price of its own is not paid for a second time among the tokens of its kind.
  with rated as materialized (
    select used.kind, used.provider, used.model, used.unit, used.amount, private.rate_of(used) as rate
    from public.session_usage used
    where used.session_id = p_session_id
  )
  update public.session_usage used
  set cost = rated.rate * greatest(0, rated.amount - coalesce(
    (
      select sum(part.amount)
      from rated part
      where part.kind = rated.kind and part.provider = rated.provider and part.model = rated.model
        and private.whole_of(part.unit) = rated.unit and part.rate is not null
    ),
    0
  ))
  from rated
  where used.session_id = p_session_id and rated.rate is not null
    and used.kind = rated.kind and used.provider = rated.provider and used.model = rated.model and used.unit = rated.unit
$$;
comment on function private.keep_cost is 'Says what the usage of a call costs at the prices of now; what has none keeps no cost.';

create function private.price_json(price public.prices) returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object(
    'id', price.id, 'kind', price.kind, 'provider', price.provider, 'model', price.model, 'unit', price.unit,
    'price', price.price, 'changedAt', price.changed_at
  )
$$;
comment on function private.price_json is 'A price as the API tells it.';

create function public.api_prices() returns jsonb
language sql stable set search_path = ''
as $$
  select jsonb_build_object('prices', coalesce(
    jsonb_agg(private.price_json(kept) order by kept.provider, kept.kind, kept.model = '*', kept.model, kept.unit),
    '[]'
  ))
  from public.prices kept
$$;
comment on function public.api_prices is 'All prices; none for all but platform admins.';

create function public.api_put_price(p_price jsonb) returns jsonb
language plpgsql volatile set search_path = ''
as $$
declare
  put public.prices;
begin
  insert into public.prices (kind, provider, model, unit, price)
  values (
    (p_price ->> 'kind')::public.usage_kind, p_price ->> 'provider', p_price ->> 'model',
    (p_price ->> 'unit')::public.usage_unit, (p_price ->> 'price')::numeric
  )
  on conflict (kind, provider, model, unit) do update set price = excluded.price, changed_at = now()
  returning * into put;
  return private.price_json(put);
end;
$$;
comment on function public.api_put_price is 'Says what something costs from now on, in the place of what was said of it before.';

create function public.api_remove_price(p_id uuid) returns boolean
language plpgsql volatile set search_path = ''
as $$
begin
  delete from public.prices where id = p_id;
  return found;
end;
$$;
comment on function public.api_remove_price is 'False: there is no such price to be seen.';

revoke all on function
  private.rate_of(public.session_usage),
  private.whole_of(public.usage_unit),
  private.keep_cost(uuid),
  private.price_json(public.prices),
  public.api_prices(),
  public.api_put_price(jsonb),
  public.api_remove_price(uuid)
  from public;
grant execute on function
  private.price_json(public.prices),
  public.api_prices(),
  public.api_put_price(jsonb),
  public.api_remove_price(uuid)
  to authenticated;
