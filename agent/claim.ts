/**
 * This shard's claim on a call, held in SQL: taken once, marked answered, and kept alive by leases.ts. With the database away
 * a call whose configuration is known is answered without one, and the claim is made up for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { callReleasedSchema, type EarlierTalk, takenSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError, withDeadline } from '../shared/faults.ts';
import type { AdoptionOutcome } from './adopt.ts';
import type { Call } from './open-call.ts';
import { takeUp } from './resume.ts';

/**
 * The watcher looks for unclaimed calls every second and places them elsewhere soon: when the database comes back, this has
 * to be there first.
 */
const takeAgainAfterMs = 250;
/** The caller hears nothing until somebody else has the call. */
const sentenceDeadlineMs = 1_000;
const notesDeadlineMs = 800;

export type Claim =
  | {
      readonly outcome: 'ours';
      /** What was said before, where another shard had answered the call. */
      readonly earlier: EarlierTalk | undefined;
      /** Whose breaker is open: the call does without them. */
      readonly openProviders: ReadonlySet<string>;
    }
  /** Another live shard has it, or it is over: its room and its record are not ours to touch. */
  | { readonly outcome: 'not_ours'; readonly why: string }
  | { readonly outcome: 'away'; readonly cause: Error };

const answeredSchema = z.object({ answered: z.boolean() });

/** @throws DatabaseFault */
export async function takeCall(call: Call): Promise<Claim> {
  const { identity, platform, adoption } = call;
  platform.leases.asks(call);
  // There is nothing to be taken yet, and a caller rings meanwhile.
  if (adoption.owed !== undefined) return { outcome: 'away', cause: new Error('admitted while the database was away') };
  const args = { p_session_id: identity.session, p_worker: platform.worker };
  try {
    const { taken, reason, resumed, openProviders } = await platform.database.row('take_call', args, takenSchema);
    if (!taken) return { outcome: 'not_ours', why: reason ?? 'no reason given' };
    platform.leases.took(call);
    if (resumed !== null) takeUp(call, resumed);
    return { outcome: 'ours', earlier: resumed ?? undefined, openProviders: new Set(openProviders) };
  } catch (thrown) {
    if (thrown instanceof DatabaseAway) return { outcome: 'away', cause: thrown };
    throw thrown;
  }
}

/** Tries until the call is ours, turns out to be another's or over (then it is left at once), or ends. Never rejects. */
export async function takeLater(call: Call): Promise<void> {
  const { ends, log, platform } = call;
  log.warn('the call is answered although the database is away');
  try {
    while (ends.reached === undefined) {
      const claim = await ask(call);
      // Answered too late: its end says what becomes of it.
      if (ends.reached !== undefined) return;
      if (claim.outcome === 'not_ours') ends.abandon(claim.why);
      if (claim.outcome === 'unwanted') ends.end('switched_off', new Error(`not adopted: ${claim.why}`));
      if (claim.outcome === 'ours') {
        log.info('the call is taken now');
        platform.notes.soon();
        if (!ends.ringing) await markAnswered(call);
        return;
      }
      await Promise.race([pause(takeAgainAfterMs), ends.first]);
    }
  } catch (thrown) {
    log.error({ err: coerceError(thrown) }, 'the call could not be taken: only its lease is renewed');
    if (call.adoption.owed === undefined) platform.leases.took(call);
  }
}

/** @throws DatabaseFault */
async function ask(call: Call): Promise<Claim | Exclude<AdoptionOutcome, { outcome: 'adopted' }>> {
  const { adoption, platform } = call;
  if (adoption.owed === undefined) return await takeCall(call);
  try {
    const adopted = await adoption.adopt(platform);
    if (adopted.outcome !== 'adopted') return adopted;
    platform.leases.took(call);
    return { outcome: 'ours', earlier: undefined, openProviders: new Set() };
  } catch (thrown) {
    if (thrown instanceof DatabaseAway) return { outcome: 'away', cause: thrown };
    throw thrown;
  }
}

/** The caller is on the line already, so a failure decides nothing: it is logged, and the lease is renewed all the same. */
export async function markAnswered({ identity, platform, adoption, log }: Call): Promise<void> {
  adoption.answered(platform.clock.now());
  if (adoption.owed !== undefined) return;
  try {
    const args = { p_session_id: identity.session, p_worker: platform.worker };
    await platform.database.row('answer_call', args, answeredSchema);
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the answer could not be recorded');
  }
}

/**
 * Leaves the room to whoever comes next, and has the watcher look for them at once. What the agent was saying breaks off, and
 * what was heard of it is known to the next one. Never rejects.
 */
export async function handOver(call: Call): Promise<void> {
  const { record, room, log, platform } = call;
  const failed = (what: string) => (thrown: unknown) => log.warn({ err: coerceError(thrown) }, what);
  await withDeadline('breaking off', sentenceDeadlineMs, record.complete()).catch(
    failed('the last words may be missing'),
  );
  await room.leave().catch(failed('the room could not be left'));
  await platform.notes.flush(notesDeadlineMs);
  // Whoever lost it to the watcher may have it back by now, in this very shard.
  if (platform.leases.dropped(call))
    await release(call).catch(failed('the call could not be released: its lease runs out'));
}

async function release({ identity, platform, log }: Call): Promise<void> {
  const args = { p_session_id: identity.session, p_worker: platform.worker };
  const { released } = await platform.database.row('release_call', args, callReleasedSchema);
  if (!released) log.info('the call was another shard’s already');
}
