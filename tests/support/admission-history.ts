/**
 * Every slot that was taken or given back and every call that was refused, in the order in which the database made it true.
 *
 * The triggers hold a lock of their own from the moment they draw an event's place until the transaction is over, so places
 * are in the order of the commits, and between two of them nothing else became visible. A refusal is judged by the count
 * when it began to count, not when it was written: what ends between the two it may or may not have seen. That moment is
 * marked behind the lock of admission, after every event before it has become visible.
 */
import type { Sql } from 'postgres';

export type Level = 'number' | 'organisation' | 'pool' | 'platform';

export interface Verdict {
  /** Most slots in use at any instant, of whatever has the limit. */
  readonly most: number;
  /** Calls that were let in. */
  readonly admitted: number;
  /** Calls refused for the limit. */
  readonly refused: number;
  /** Of those, the ones for which there was room. */
  readonly needless: number;
}

const triggers = `
  create schema history;
  create sequence history.places;
  create table history.events (
    place bigint primary key,
    marked_at bigint not null,
    change integer not null,
    reason text,
    sip_number_id uuid not null,
    organization_id uuid not null,
    pool text not null
  );

  create function history.next_place() returns bigint language plpgsql as $$
  begin
    perform pg_advisory_xact_lock(hashtext('history'));
    return nextval('history.places');
  end;
  $$;

  create function history.mark() returns void language plpgsql as $$
  begin
    perform pg_advisory_lock(hashtext('history'));
    perform set_config('history.mark', nextval('history.places')::text, true);
    perform pg_advisory_unlock(hashtext('history'));
  end;
  $$;

  create function history.note_call() returns trigger language plpgsql as $$
  declare
    call public.active_calls := case tg_op when 'DELETE' then old else new end;
  begin
    insert into history.events
    select history.next_place(), coalesce(nullif(current_setting('history.mark', true), ''), '0')::bigint,
      case tg_op when 'DELETE' then -1 else 1 end, null, call.sip_number_id, call.organization_id, call.pool;
    return null;
  end;
  $$;
  create trigger note_call after insert or delete on public.active_calls
    for each row execute function history.note_call();

  create function history.note_refusal() returns trigger language plpgsql as $$
  begin
    insert into history.events
    select history.next_place(), current_setting('history.mark')::bigint, 0, new.reason, new.sip_number_id,
      new.organization_id, (select pool from public.organizations where id = new.organization_id);
    return null;
  end;
  $$;
  create trigger note_refusal after insert on public.call_refusals
    for each row execute function history.note_refusal();

  alter function private.lock_admission() rename to lock_admission_as_shipped;
  create function private.lock_admission() returns void language plpgsql as $$
  begin
    perform private.lock_admission_as_shipped();
    perform history.mark();
  end;
  $$;`;

/** From now on everything is noted. */
export async function keepHistory(sql: Sql): Promise<void> {
  await sql.unsafe(triggers);
}

const columns = { number: 'sip_number_id', organisation: 'organization_id', pool: 'pool', platform: null } as const;

export async function judgeHistory(
  sql: Sql,
  { level, limit, reason }: { readonly level: Level; readonly limit: number; readonly reason: string },
): Promise<Verdict> {
  const column = columns[level];
  const scope = column === null ? sql`''::text` : sql`${sql(column)}::text`;
  const [verdict] = await sql<Verdict[]>`
    with events as materialized (select place, marked_at, change, reason, ${scope} as scope from history.events),
    counted as (
      select
        events.*,
        sum(change) over (partition by scope order by place) as live,
        (
          select coalesce(sum(earlier.change), 0)
          from events earlier
          where earlier.scope = events.scope and earlier.place < events.marked_at
        ) as live_when_marked
      from events
    )
    select
      coalesce(max(live), 0)::int as most,
      (count(*) filter (where change = 1))::int as admitted,
      (count(*) filter (where reason = ${reason}))::int as refused,
      (count(*) filter (where reason = ${reason} and live_when_marked < ${limit}))::int as needless
    from counted`;
  if (verdict === undefined) throw new Error('an aggregate has one row');
  return verdict;
}

export async function forgetHistory(sql: Sql): Promise<void> {
  await sql`truncate sessions, call_refusals, history.events cascade`;
}
