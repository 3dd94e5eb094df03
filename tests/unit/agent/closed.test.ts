import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { serveClosed } from '../../../agent/closed.ts';
import { CallEnds } from '../../../agent/ends.ts';
import { CallRecorder } from '../../../agent/record.ts';
import { Timings } from '../../../agent/timings.ts';
import type { ToolContext } from '../../../agent/tools/tool.ts';
import { resolveConfig } from '../../../shared/config/index.ts';
import { phrases } from '../../../shared/config/phrases.ts';
import type { EarlierTalk } from '../../../shared/contracts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const sentence = 'Harbor Pizza is closed.';
const noRecordings = { soundAt: () => undefined };
const told = { role: 'agent', text: sentence, at_ms: 1_000 } as const;
const begun = { role: 'caller', text: 'This is Rossi.', at_ms: 9_000 } as const;

describe('a call to a closed business that comes from a lost shard', () => {
  test('ends when it has lasted as long as such a call may, counted from its answer (R2.9, R3.5)', () => {
    const { call, ends } = closedCall('voicemail', 350_000);
    void serveClosed(call, 'listens', noRecordings, earlier([told], 350_000));
    vi.advanceTimersByTime(9_999);
    expect(ends.reached).toBeUndefined();
    vi.advanceTimersByTime(1);
    expect(ends.reached).toMatchObject({ reason: 'max_duration' });
  });

  test('goes on with a sorry where the caller was leaving a message (R2.9, R3.5)', () => {
    const { call, said } = closedCall('voicemail', 20_000);
    void serveClosed(call, 'listens', noRecordings, earlier([told, begun], 20_000));
    expect(said).toEqual([phrases.en.resumed]);
  });

  test('tells what there is to tell where nothing was told yet, or nothing else is to come (R2.9, R3.5)', () => {
    const untold = closedCall('voicemail', 2_000);
    void serveClosed(untold.call, 'listens', noRecordings, earlier([], 2_000));
    expect(untold.said).toEqual([sentence]);
    const onlyTold = closedCall('message', 5_000);
    void serveClosed(onlyTold.call, 'speaks', noRecordings, earlier([told], 5_000));
    expect(onlyTold.said).toEqual([sentence]);
  });
});

function earlier(turns: EarlierTalk['turns'], answeredMsAgo: number): EarlierTalk {
  return { turns, answeredMsAgo };
}

/** A call in which whatever is said takes for ever. */
function closedCall(action: 'voicemail' | 'message', answeredMsAgo: number) {
  const organization = {
    business: { name: 'Harbor Pizza' },
    hours: { weekly: {}, closed: { action, text: sentence } },
  };
  const resolved = resolveConfig({ platform: {}, organization, instance: {}, number: {} });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  const said: string[] = [];
  const session = {
    say: (text: string) => {
      said.push(text);
      return { waitForPlayout: () => new Promise(() => undefined) };
    },
    output: {},
  };
  const ends = new CallEnds();
  const clock = { now: () => 0, monotonicMs: () => 0 };
  const timings = new Timings(clock, 0);
  timings.continueFrom(answeredMsAgo);
  const call = {
    config: resolved.config,
    identity: { calledNumber: '2001' },
    caller: { identity: 'sip_1', attributes: {} },
    platform: { clock },
    record: new CallRecorder(timings),
    log: pino({ level: 'silent' }),
    session: () => session,
    timings,
    ends,
  } as unknown as ToolContext;
  return { call, ends, said };
}
