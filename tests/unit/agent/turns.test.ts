import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { Turns } from '../../../agent/turns.ts';

/** Those whose turn has come, by their place in line. */
function line(turns: Turns, callers: number) {
  const came: number[] = [];
  const places = Array.from({ length: callers }, (_, at) => {
    const place = turns.next();
    void place.came.then(() => came.push(at));
    return place;
  });
  return { came, end: (at: number) => places[at]?.end() };
}

describe('calls that come at once', () => {
  test('are opened two at a time, in the order in which they came (R3.3)', async () => {
    const { came, end } = line(new Turns(2), 4);
    await turn();
    expect(came).toEqual([0, 1]);
    end(1);
    await turn();
    expect(came).toEqual([0, 1, 2]);
    end(0);
    await turn();
    expect(came).toEqual([0, 1, 2, 3]);
  });

  test('a caller who hangs up in line takes nobody’s turn (R3.3)', async () => {
    const { came, end } = line(new Turns(1), 3);
    end(1);
    await turn();
    expect(came.filter((at) => at !== 1)).toEqual([0]);
    end(0);
    end(0);
    await turn();
    expect(came.filter((at) => at !== 1)).toEqual([0, 2]);
  });

  test('nobody waits for long behind a call that does not come to its end (R3.3)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { came } = line(new Turns(1, 500), 3);
      await vi.advanceTimersByTimeAsync(499);
      expect(came).toEqual([0]);
      await vi.advanceTimersByTimeAsync(1);
      expect(came).toEqual([0, 1, 2]);
    } finally {
      vi.useRealTimers();
    }
  });
});
