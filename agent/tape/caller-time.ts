/**
 * When a caller's frames were spoken. They carry no time, and arrival is a bad one: a loop that is late brings several at once,
 * and each would lie over the one before. They follow each other without a gap for as long as the line is open, so the next
 * one begins where the last has ended, unless that is too far from when it came.
 */
const mostOffMs = 1_000;

export class CallerTime {
  #endedMs: number | undefined;

  /** @param nowMs when the frame came @returns when it began */
  of(nowMs: number, lengthMs: number): number {
    const cameMs = nowMs - lengthMs;
    const follows = this.#endedMs !== undefined && Math.abs(this.#endedMs - cameMs) <= mostOffMs;
    const beganMs = follows ? (this.#endedMs ?? cameMs) : cameMs;
    this.#endedMs = beganMs + lengthMs;
    return beganMs;
  }
}
