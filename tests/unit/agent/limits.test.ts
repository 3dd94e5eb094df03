import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CallEnds } from '../../../agent/ends.ts';
import { type LimitedSession, watchLimits } from '../../../agent/limits.ts';
import { ToolActivity } from '../../../agent/tool-activity.ts';
import { tenantConfigSchema } from '../../../shared/config/index.ts';

/** A session as far as its limits look at it; what is said takes two seconds. */
class TalkingSession extends EventEmitter {
  userState = 'listening';
  agentState = 'listening';
  readonly said: string[] = [];

  caller(state: 'speaking' | 'listening'): void {
    this.userState = state;
    this.emit('user_state_changed');
  }

  agent(state: 'speaking' | 'thinking' | 'listening'): void {
    this.agentState = state;
    this.emit('agent_state_changed');
  }

  say(text: string) {
    this.said.push(text);
    this.agent('speaking');
    const done: (() => void)[] = [];
    setTimeout(() => {
      this.agent('listening');
      for (const callback of done) callback();
    }, 2_000);
    return { addDoneCallback: (callback: () => void) => void done.push(callback) };
  }
}

function open(turn: object) {
  const session = new TalkingSession();
  const ends = new CallEnds();
  const activity = new ToolActivity();
  const config = tenantConfigSchema.parse({ turn: { silence_prompt: 'Still there?', ...turn } });
  const stop = watchLimits(session as unknown as LimitedSession, config.turn, { ends, activity });
  return {
    session,
    ends,
    activity,
    stop,
    reason: () => (ends.reached?.kind === 'ended' ? ends.reached.reason : undefined),
  };
}

const seconds = (count: number) => vi.advanceTimersByTimeAsync(count * 1000);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a caller who says nothing', () => {
  test('is asked once, then hung up on; the question does not count as silence (R1.7)', async () => {
    const { session, reason } = open({ silence_prompt_s: 20, caller_silent_s: 60 });
    await seconds(19);
    expect(session.said).toEqual([]);
    await seconds(1);
    expect(session.said).toEqual(['Still there?']);
    await seconds(41);
    expect(reason()).toBeUndefined();
    await seconds(1);
    expect(reason()).toBe('caller_silent');
    expect(session.said).toHaveLength(1);
  });

  test('and speaks again is asked again in the next silence (R1.7)', async () => {
    const { session, stop } = open({ silence_prompt_s: 20, caller_silent_s: 60 });
    await seconds(25);
    session.caller('speaking');
    session.caller('listening');
    await seconds(19);
    expect(session.said).toHaveLength(1);
    await seconds(1);
    expect(session.said).toHaveLength(2);
    stop();
  });

  test('is not asked where the business does not want it, and hung up on all the same (R1.7)', async () => {
    const { session, reason } = open({ silence_prompt_s: 0, caller_silent_s: 60 });
    await seconds(60);
    expect(session.said).toEqual([]);
    expect(reason()).toBe('caller_silent');
  });

  test('because the agent speaks or works for them is not silent (R1.7)', async () => {
    const { session, activity, reason, stop } = open({ silence_prompt_s: 20, caller_silent_s: 30 });
    session.agent('speaking');
    await seconds(100);
    session.agent('listening');
    await seconds(10);
    let done: () => void = () => undefined;
    const work = activity.during(
      () =>
        new Promise<void>((resolve) => {
          done = resolve;
        }),
    );
    await seconds(100);
    expect(session.said).toEqual([]);
    done();
    await work;
    await seconds(9);
    expect(session.said).toEqual([]);
    expect(reason()).toBeUndefined();
    await seconds(1);
    expect(session.said).toHaveLength(1);
    stop();
  });
});

test('a call ends when it has lasted as long as its business allows (R1.7)', async () => {
  const { session, reason } = open({ max_duration_s: 30, caller_silent_s: 3600, silence_prompt_s: 0 });
  session.caller('speaking');
  await seconds(29);
  expect(reason()).toBeUndefined();
  await seconds(1);
  expect(reason()).toBe('max_duration');
});
