/** Plays an answer chunk by chunk the way a cue wants it: late, slow, cut, garbled, or not at all. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cue } from './script.ts';

/** The cue wants the connection cut here; the transport does it in its own way. */
export class CutOff extends Error {
  override readonly name = 'CutOff';
}

export interface Performance<T> {
  readonly chunks: Iterable<T> | AsyncIterable<T>;
  readonly cue: Cue;
  /** What this protocol's client cannot read. */
  readonly garbage: T;
  /** Aborts when the client has left: pauses end and the answer stops. */
  readonly signal: AbortSignal;
}

/** @throws CutOff where the cue cuts the connection */
export async function* perform<T>({ chunks, cue, garbage, signal }: Performance<T>): AsyncGenerator<T> {
  const { fault } = cue;
  const faultAt = fault?.type === 'cut' || fault?.type === 'malformed' ? fault.afterChunks : -1;
  if (fault?.type === 'silence') return void (await left(signal));
  // By the clock and not one pause after the other: each timer is late by a little, and that of a sentence would add up.
  const beginsAtMs = performance.now() + cue.delayMs;
  if (await leavesBefore(beginsAtMs, signal)) return;
  let sent = 0;
  for await (const chunk of chunks) {
    if (sent > 0 && (await leavesBefore(beginsAtMs + sent * cue.gapMs, signal))) return;
    if (sent === faultAt && fault?.type === 'cut') throw new CutOff();
    if (sent === faultAt) yield garbage;
    yield chunk;
    sent += 1;
  }
  if (sent <= faultAt && fault?.type === 'cut') throw new CutOff();
}

/** Waits until `dueMs`, as `performance.now()` counts; true when the client left meanwhile. */
async function leavesBefore(dueMs: number, signal: AbortSignal): Promise<boolean> {
  const ms = dueMs - performance.now();
  try {
    if (ms > 0) await sleep(ms, undefined, { signal });
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return signal.aborted;
}

function left(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
