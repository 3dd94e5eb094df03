/** A scripted caller: dials, speaks its lines when it is its turn, hangs up, and tells what it heard and how long things took. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Dial, dial, type EndedBy, type PhoneCall } from './call.ts';
import type { Heard } from './ear.ts';

export interface Utterance {
  /** 8 kHz mono; see speech.ts. */
  readonly samples: Int16Array;
  /** After the answer; without it the caller waits until the agent has spoken and stopped. */
  readonly atMs?: number;
}

export interface CallPlan extends Dial {
  readonly say?: readonly Utterance[];
  /** Keys to press once the lines are said, one after the other. */
  readonly press?: string;
  /** Gives up that long after the INVITE if nobody has answered. */
  readonly cancelAfterMs?: number;
  /** After the answer. Without it the caller hangs up when the agent has stopped after the last line. */
  readonly hangUpAfterMs?: number;
  /** The whole call, from the INVITE on; default 60 000. */
  readonly deadlineMs?: number;
  /** Ends the call early, as if the caller had hung up. */
  readonly signal?: AbortSignal;
}

export interface CallResult {
  readonly callId: string;
  /** Final answer to the INVITE; undefined when there was none before the deadline. */
  readonly final: { readonly status: number; readonly reason: string } | undefined;
  readonly endedBy: EndedBy;
  readonly inviteTo180Ms: number | undefined;
  /** To the final answer, whichever it was. */
  readonly inviteToFinalMs: number | undefined;
  readonly inviteTo200Ms: number | undefined;
  /** To the first RTP packet that is not silence. */
  readonly inviteToFirstAudioMs: number | undefined;
  readonly heard: Heard;
  /** Keys the agent pressed. */
  readonly keys: string;
  /** Whom the agent wanted the caller put through to, in order. */
  readonly transfers: readonly string[];
}

/** So long without sound, and the agent has finished its sentence. */
const pauseMs = 700;
const checkMs = 20;
const defaultDeadlineMs = 60_000;
/** For the answer to our BYE or CANCEL, before the sockets close. */
const farewellMs = 200;

export async function placeCall(plan: CallPlan): Promise<CallResult> {
  const call = await dial(plan);
  const over = endOf(call, plan);
  try {
    const final = await untilFinal(call, over.signal);
    if (final !== undefined && final.status < 300) await talk(call, plan, over);
    const endedBy = await Promise.race([call.ended, delay(farewellMs, 'nobody answered' as const)]);
    await delay(farewellMs);
    return describe(call, final, endedBy);
  } finally {
    over.release();
    await call.close();
  }
}

interface End {
  readonly signal: AbortSignal;
  abortAfter(ms: number): void;
  release(): void;
}

/**
 * Aborted when the call is over or has to be: ended by either side, out of time, or stopped from outside. Timers of our own,
 * because on Node 20 `AbortSignal.any` over `AbortSignal.timeout` sometimes never fired: collected as garbage, and the call
 * went on for good.
 */
function endOf(call: PhoneCall, plan: CallPlan): End {
  const over = new AbortController();
  const abort = (): void => over.abort();
  const timers = [setTimeout(abort, plan.deadlineMs ?? defaultDeadlineMs)];
  if (plan.cancelAfterMs !== undefined) timers.push(setTimeout(() => call.cancel(), plan.cancelAfterMs));
  plan.signal?.addEventListener('abort', abort, { once: true });
  if (plan.signal?.aborted) abort();
  void call.ended.then(abort);
  return {
    signal: over.signal,
    abortAfter: (ms) => timers.push(setTimeout(abort, ms)),
    release: () => {
      for (const timer of timers) clearTimeout(timer);
      plan.signal?.removeEventListener('abort', abort);
    },
  };
}

async function untilFinal(call: PhoneCall, over: AbortSignal): Promise<CallResult['final']> {
  const given = await Promise.race([call.answered, aborted(over)]);
  if (given !== undefined) return given;
  call.cancel();
  return await Promise.race([call.answered, delay(farewellMs, undefined)]);
}

async function talk(call: PhoneCall, plan: CallPlan, over: End): Promise<void> {
  if (plan.hangUpAfterMs !== undefined) over.abortAfter(plan.hangUpAfterMs);
  const script = followScript(call, plan, over.signal);
  await (plan.hangUpAfterMs === undefined ? script : aborted(over.signal));
  call.hangUp();
  await script;
}

async function followScript(call: PhoneCall, plan: CallPlan, over: AbortSignal): Promise<void> {
  let heardUntilMs = 0;
  for (const { samples, atMs } of plan.say ?? []) {
    const at = (call.answeredMs ?? 0) + (atMs ?? 0);
    await until(() => (atMs === undefined ? hasStopped(call, heardUntilMs) : call.sinceInviteMs() >= at), over);
    if (over.aborted) return;
    call.say(samples);
    await until(() => !call.isSpeaking, over);
    heardUntilMs = call.sinceInviteMs();
  }
  for (const key of plan.press ?? '') call.press(key);
  await until(() => hasStopped(call, heardUntilMs), over);
}

/** Sound was heard after that moment, and then a pause. */
function hasStopped(call: PhoneCall, afterMs: number): boolean {
  const last = call.ear.lastSoundMs;
  return last !== undefined && last > afterMs && call.sinceInviteMs() - last >= pauseMs;
}

async function until(condition: () => boolean, over: AbortSignal): Promise<void> {
  while (!over.aborted && !condition()) await delay(checkMs);
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return undefined;
}

function describe(call: PhoneCall, final: CallResult['final'], endedBy: EndedBy): CallResult {
  return {
    callId: call.callId,
    final: final === undefined ? undefined : { status: final.status, reason: final.reason },
    endedBy,
    inviteTo180Ms: call.ringingMs,
    inviteToFinalMs: call.answeredMs,
    inviteTo200Ms: final?.status === 200 ? call.answeredMs : undefined,
    inviteToFirstAudioMs: call.ear.firstSoundMs,
    heard: call.ear.recording(),
    keys: call.keysHeard.join(''),
    transfers: call.refers.map(({ target }) => target),
  };
}
