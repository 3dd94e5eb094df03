import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { takeLater } from '../../../agent/claim.ts';
import { CallEnds } from '../../../agent/ends.ts';
import type { Call } from '../../../agent/open-call.ts';
import { DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { sessionIdSchema } from '../../../shared/ids.ts';

const session = sessionIdSchema.parse('00000000-0000-4000-8000-000000000001');
const taken = { taken: true, reason: null };
const away = new DatabaseAway('no answer');

let ends: CallEnds;
let asked: string[];
let answers: (object | Error)[];
beforeEach(() => {
  ends = new CallEnds();
  asked = [];
});

/** A call whose database gives these answers, one after the other. */
function callWith(...given: (object | Error)[]): Call {
  answers = given;
  const row = async (name: string) => {
    asked.push(name);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? away;
    return answer;
  };
  const platform = { database: { row }, worker: 'shard-1' };
  return { identity: { session }, platform, ends, log: pino({ level: 'silent' }) } as unknown as Call;
}

describe('a call that was answered while the database was away', () => {
  test('is taken as soon as it can be, and marked as answered when the caller hears us by then (R1.8)', async () => {
    ends.reach('answered');
    await takeLater(callWith(away, away, taken, { answered: true }));
    expect(asked).toEqual(['take_call', 'take_call', 'take_call', 'answer_call']);
    expect(ends.reached).toBeUndefined();
  });

  test('is marked by its own answer, when it is still ringing (R1.8)', async () => {
    await takeLater(callWith(taken));
    expect(asked).toEqual(['take_call']);
  });

  test('is left at once when it is another shard’s, or over (R1.6)', async () => {
    ends.reach('answered');
    await takeLater(callWith(away, { taken: false, reason: 'no_worker' }));
    expect(ends.reached).toEqual({ kind: 'not_ours', why: 'no_worker' });
  });

  test('is not taken any more once it has ended (R1.8)', async () => {
    const call = callWith(away, away, away, away, away, away);
    const later = takeLater(call);
    ends.end('caller_hung_up');
    await later;
    expect(asked).toEqual(['take_call']);
  });

  test('goes on when the database answers with an error: its lease is renewed all the same (R1.8)', async () => {
    await takeLater(callWith(new DatabaseFault('another shape')));
    expect(ends.reached).toBeUndefined();
  });
});
