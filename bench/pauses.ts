/** Pauses that callers make within a turn, and how many turns a wait would cut there. */

/** When somebody spoke, in ms from the beginning of a recording. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The pauses of one turn, in ms, in order. */
export type Turn = readonly number[];

/** @param caller in order @param agent in order; whenever it speaks, a turn of the caller is over */
export function turnsOf(caller: readonly Stretch[], agent: readonly Stretch[]): Turn[] {
  const turns: number[][] = [];
  let before: Stretch | undefined;
  for (const stretch of caller) {
    const sinceMs = before?.untilMs;
    const answered = agent.some(({ fromMs, untilMs }) => untilMs > (sinceMs ?? 0) && fromMs < stretch.fromMs);
    const turn = turns.at(-1);
    if (sinceMs === undefined || turn === undefined || answered) turns.push([]);
    else turn.push(stretch.fromMs - sinceMs);
    before = stretch;
  }
  return turns;
}

/** @returns the share of turns, 0 to 1, with a pause in which an agent that waits so long would have begun to speak */
export function cutShare(turns: readonly Turn[], waitMs: number): number {
  if (turns.length === 0) return 0;
  return turns.filter((pauses) => pauses.some((pauseMs) => pauseMs >= waitMs)).length / turns.length;
}
