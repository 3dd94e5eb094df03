/**
 * This shard's claim on a call, held in SQL: taken once, marked answered, and kept alive by leases.ts. With the database away
 * a call whose configuration is known is answered without one, and the claim is made up for.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { callReleasedSchema, type EarlierTalk, takenSchema } from '../shared/contracts.ts';
import { DatabaseAway } from '../shared/db.ts';
import { coerceError } from '../shared/faults.ts';
import type { AdoptionOutcome } from './adopt.ts';
import type { Call } from './open-call.ts';
import { takeUp } from './resume.ts';

/**
 * The watcher looks for unclaimed calls every second and places them elsewhere soon: when the database comes back, this has
 * to be there first.
 */
const takeAgainAfterMs = 250;
const lastWordsDeadlineMs = 1_000;

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
  // There is nothing to be taken yet, and a caller rings meanwhile.
  if (adoption.owed !== undefined) return { outcome: 'away', cause: new Error('admitted while the database was away') };
  const args = { p_session_id: identity.session, p_worker: platform.worker };
  try {
    const { taken, reason, resumed, openProviders } = await platform.database.row('take_call', args, takenSchema);
    if (!taken) return { outcome: 'not_ours', why: reason ?? 'no reason given' };
    platform.leases.took(identity.session);
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
      const claim = call.adoption.owed === undefined ? await takeCall(call) : await adopt(call);
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
    if (call.adoption.owed === undefined) platform.leases.took(call.identity.session);
  }
}

async function adopt({
  adoption,
  identity,
  platform,
}: Call): Promise<Claim | Exclude<AdoptionOutcome, { outcome: 'adopted' }>> {
  try {
    const adopted = await adoption.adopt(platform);
    if (adopted.outcome !== 'adopted') return adopted;
    platform.leases.took(identity.session);
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

/** Leaves the room to whoever comes next, and has the watcher look for them at once. Never rejects. */
export async function handOver({ identity, platform, room, log }: Call): Promise<void> {
  const { notes, leases, database, worker } = platform;
  // A renewal after the release would take it back.
  leases.dropped(identity.session);
  try {
    await room.leave();
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the room could not be left');
  }
  try {
    await notes.flush(lastWordsDeadlineMs);
    const args = { p_session_id: identity.session, p_worker: worker };
    const { released } = await database.row('release_call', args, callReleasedSchema);
    if (!released) log.info('the call was another shard’s already');
  } catch (thrown) {
    log.warn({ err: coerceError(thrown) }, 'the call could not be released: its lease runs out');
  }
}
