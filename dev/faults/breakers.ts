/** A business whose provider key is revoked keeps calling and failing, and nobody else notices. */
import { setTimeout as delay } from 'node:timers/promises';
import { cafe, devKey } from './businesses.ts';
import type { Caller } from './caller.ts';
import type { Fault } from './fault.ts';
import { seconds } from './printing.ts';
import { outcomeOf } from './ringing.ts';
import type { World } from './world.ts';

const callsPerSecond = 6;
const stormSeconds = 5;
/** Longer than it takes to say. */
const greetingMs = 5_000;
/** Calls that may be let in before the breaker is open: those that come while the first one finds out. */
const mostAdmitted = callsPerSecond * 3;
/**
 * On two cores that also are the exchange, the line and the server, six calls a second make single answers late by seconds,
 * let in or not: it is the usual answer that says whether the others wait for this business. For the same reason these calls
 * come through a line of their own.
 */
const noiseMs = 1_500;

export const keyRevoked: Fault = {
  name: 'key-revoked',
  sentence: "A business's provider key is revoked under 6 calls a second; another one talks meanwhile",
  bound: { what: 'its calls are refused for breaker_open, from the first of them', ms: 8_000 },
  async run(world) {
    await keepGreeting(world);
    await using load = await world.load(6);
    const live = load.live.length;
    const quietMs = load.usualAnswerMs() ?? 0;
    const before = load.mark();
    const revoked = {
      match: { key: devKey('openai', cafe) },
      fault: { type: 'status' as const, status: 401 as const },
    };
    await world.answerAsUsual([revoked]);
    await using line = await world.openLine();
    const storm = await callStorm(world, line.sip);
    const [usualMs, worstMs] = [load.usualAnswerMs(before), load.worstAnswerMs(before)];
    const mute = await load.unanswered();
    await world.answerAsUsual();
    const admitted = await countAdmitted(world, storm.callers);
    const refusals = await reasonsOf(world, storm.callers);
    const firstOpen = storm.callers[refusals.indexOf('breaker_open')];
    await closeBreakers(world);
    await Promise.all(storm.callers.map((caller) => caller[Symbol.asyncDispose]()));
    const worse = usualMs === null ? null : usualMs - quietMs;
    return {
      live,
      lost: load.cut.length + mute.length,
      recoveryMs: firstOpen === undefined ? null : Math.round((storm.dialledMs.get(firstOpen) ?? 0) - storm.beganMs),
      heard: `the business's callers: ${admitted} an apology, then busy; others: answers after ${seconds(usualMs ?? 0)} as a rule (${seconds(quietMs)} before), the slowest after ${seconds(worstMs ?? 0)}`,
      problems: [
        ...(admitted > mostAdmitted ? [`${admitted} calls were let in, wanted at most ${mostAdmitted}`] : []),
        ...(worse === null || worse > noiseMs
          ? [`the others' answers came ${worse === null ? 'not at all' : seconds(worse)} later`]
          : []),
      ],
    };
  },
};

/** As any business has it that was called before: nobody's voice has to be asked for, so the key is not found out by that. */
async function keepGreeting(world: World): Promise<void> {
  const callers = await Promise.all([world.dial(cafe), world.dial(cafe)]);
  await Promise.all(callers.map((caller) => outcomeOf(caller)));
  await delay(greetingMs);
  await Promise.all(callers.map((caller) => caller[Symbol.asyncDispose]()));
}

async function callStorm(world: World, through: World['stack']['sip']) {
  const callers: Caller[] = [];
  const dialledMs = new Map<Caller, number>();
  const beganMs = performance.now();
  for (let at = 0; at < callsPerSecond * stormSeconds; at++) {
    const caller = await world.dial(cafe, through);
    dialledMs.set(caller, performance.now());
    callers.push(caller);
    await delay(beganMs + ((at + 1) * 1_000) / callsPerSecond - performance.now());
  }
  await delay(8_000);
  return { callers, dialledMs, beganMs };
}

/** A call that the busy machine lost on its way to us was not let in either. */
async function countAdmitted(world: World, callers: readonly Caller[]): Promise<number> {
  const admitted = new Set((await world.rows.read('sessions')).map((row) => row['sip_call_id']));
  return callers.filter(({ phone }) => admitted.has(phone.callId)).length;
}

/** Why each was refused; undefined for any other call. */
async function reasonsOf(world: World, callers: readonly Caller[]): Promise<(string | undefined)[]> {
  const refused = await world.rows.read('call_refusals');
  const reasons = new Map(refused.map((row) => [row['sip_call_id'], String(row['reason'])]));
  return callers.map(({ phone }) => reasons.get(phone.callId));
}

/** As `dispatch breakers reset` does. */
async function closeBreakers(world: World): Promise<void> {
  const { database } = world.stack;
  const token = world.stack.supabase?.operatorToken ?? '';
  const response = await fetch(`${database.url}/rest/v1/rpc/reset_breakers`, {
    method: 'POST',
    headers: { apikey: database.anonKey, authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ p_tenant: cafe.tenant }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!response.ok) throw new Error(`reset_breakers: ${response.status} ${await response.text()}`);
  await response.text();
}
