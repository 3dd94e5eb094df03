import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type NotedRecord, Notes } from '../../../agent/notes.ts';
import type { CallRecord } from '../../../shared/call-record.ts';
import type { CallNote } from '../../../shared/contracts.ts';
import { type Database, DatabaseAway, DatabaseFault } from '../../../shared/db.ts';
import { type SessionId, sessionIdSchema } from '../../../shared/ids.ts';

const sessions = [1, 2].map((at) => sessionIdSchema.parse(`00000000-0000-4000-8000-00000000000${at}`));
const [pizza, studio] = sessions as [SessionId, SessionId];
const away = new DatabaseAway('no answer');
const usage: CallRecord['usage'] = [{ kind: 'llm', provider: 'openai', model: 'm', unit: 'output_tokens', amount: 7 }];

/** What is said in a call, turn by turn. */
class Talk implements NotedRecord {
  readonly turns: CallRecord['turns'][number][] = [];
  inherited = 0;
  language: string | undefined;
  readonly usage = usage;
  #listener: () => void = () => undefined;

  onNews(listener: () => void): void {
    this.#listener = listener;
  }

  goOnIn(language: string): void {
    this.language = language;
    this.#listener();
  }

  say(...texts: string[]): void {
    for (const text of texts) {
      this.turns.push({ role: 'caller', text, at_ms: 1_000 });
      this.#listener();
    }
  }
}

let sent: CallNote[][];
/** What the database does with each RPC: undefined takes all. */
let fate: (notes: readonly CallNote[]) => Error | 'not_ours' | undefined;
let notes: Notes;
beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  fate = () => undefined;
  const rows = async (_name: string, { p_notes }: { p_notes: CallNote[] }) => {
    sent.push(p_notes);
    const outcome = fate(p_notes);
    if (outcome instanceof Error) throw outcome;
    return p_notes.map(({ session_id }) => ({ sessionId: session_id, noted: outcome === undefined }));
  };
  notes = new Notes({ database: { rows } as unknown as Database, worker: 'shard-1', log: pino({ level: 'silent' }) });
});
afterEach(() => {
  notes.close();
  vi.useRealTimers();
});

const follow = (session: SessionId, talk = new Talk()) => {
  const stop = notes.follow(session, talk);
  return { talk, stop };
};
const later = (ms: number) => vi.advanceTimersByTimeAsync(ms);
/** Session, position and text of each turn of each RPC. */
const noted = () =>
  sent.map((each) =>
    each.flatMap(({ session_id, turns }) => turns.map(({ position, text }) => [session_id, position, text])),
  );

describe('what is said while calls run', () => {
  test('is kept soon after, that of all calls together, and each turn once (R3.5)', async () => {
    const { talk } = follow(pizza);
    const other = follow(studio).talk;
    talk.say('Hello.', 'A pizza, please.');
    other.say('Buongiorno.');
    await later(600);
    talk.say('And a salad.');
    await later(600);
    expect(noted()).toEqual([
      [
        [pizza, 1, 'Hello.'],
        [pizza, 2, 'A pizza, please.'],
        [studio, 1, 'Buongiorno.'],
      ],
      [[pizza, 3, 'And a salad.']],
    ]);
    expect(sent[0]?.[0]?.usage).toEqual(usage);
  });

  test('costs nothing while nobody speaks (R3.5)', async () => {
    follow(pizza);
    notes.soon();
    await later(60_000);
    expect(sent).toEqual([]);
  });

  test('goes on after what another shard heard (R3.5)', async () => {
    const { talk } = follow(pizza);
    talk.turns.push({ role: 'agent', text: 'Hello.', at_ms: 1 }, { role: 'caller', text: 'A pizza.', at_ms: 2 });
    talk.inherited = 2;
    talk.say('Are you there?');
    await later(600);
    expect(noted()).toEqual([[[pizza, 3, 'Are you there?']]]);
  });

  test('is caught up with when the database was away (R1.8)', async () => {
    const { talk } = follow(pizza);
    fate = () => away;
    talk.say('Hello.');
    await later(5_000);
    fate = () => undefined;
    talk.say('A pizza.');
    await later(5_000);
    expect(noted().at(-1)).toEqual([
      [pizza, 1, 'Hello.'],
      [pizza, 2, 'A pizza.'],
    ]);
    const rpcs = sent.length;
    await later(60_000);
    expect(sent.length).toBe(rpcs);
  });

  test('is sent again when the call became this shard’s only later (R1.8)', async () => {
    const { talk } = follow(pizza);
    fate = () => 'not_ours';
    talk.say('Hello.');
    await later(600);
    fate = () => undefined;
    notes.soon();
    await later(600);
    expect(noted()).toEqual([[[pizza, 1, 'Hello.']], [[pizza, 1, 'Hello.']]]);
  });

  test('that the database does not take keeps nobody else’s words away (R1.6, R3.5)', async () => {
    const { talk } = follow(pizza);
    const other = follow(studio).talk;
    fate = (batch) => (batch.some(({ session_id }) => session_id === pizza) ? new DatabaseFault('no') : undefined);
    talk.say('unspeakable');
    other.say('Buongiorno.');
    await later(600);
    expect(noted().at(-1)).toEqual([[studio, 1, 'Buongiorno.']]);
    other.say('Grazie.');
    await later(600);
    expect(noted().at(-1)).toEqual([[studio, 2, 'Grazie.']]);
  });

  test('of a call that ended is sent no more (R3.5)', async () => {
    const { talk, stop } = follow(pizza);
    talk.say('Bye.');
    stop();
    await later(60_000);
    expect(sent).toEqual([]);
  });
});

describe('the language that a call goes on in', () => {
  const languages = () => sent.map((each) => each.map(({ language }) => language));

  test('is kept soon after it changed, also when nobody speaks, and told once (R3.5, R4.6)', async () => {
    const { talk } = follow(pizza);
    talk.goOnIn('it');
    await later(600);
    talk.say('Due pizze.');
    await later(600);
    talk.goOnIn('en');
    await later(600);
    expect(languages()).toEqual([['it'], [undefined], ['en']]);
  });

  test('is told again as long as the database was away (R1.8)', async () => {
    const { talk } = follow(pizza);
    fate = () => away;
    talk.goOnIn('it');
    await later(600);
    fate = () => undefined;
    await later(60_000);
    expect(languages()).toEqual([['it'], ['it']]);
  });
});

describe('a call that comes back to its shard before its last run there is over', () => {
  test('is noted on when that run is (R3.5)', async () => {
    const { stop } = follow(pizza);
    const { talk } = follow(pizza);
    stop();
    talk.say('Are you there?');
    await later(600);
    expect(noted()).toEqual([[[pizza, 1, 'Are you there?']]]);
  });

  test('has what was said in it noted, and not what the run before was sending (R3.5)', async () => {
    let answer: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const rows = async (_name: string, { p_notes }: { p_notes: CallNote[] }) => {
      sent.push(p_notes);
      if (sent.length === 1) await heard;
      return p_notes.map(({ session_id }) => ({ sessionId: session_id, noted: true }));
    };
    const log = pino({ level: 'silent' });
    notes = new Notes({ database: { rows } as unknown as Database, worker: 'shard-1', log });
    follow(pizza).talk.say('Hello.', 'A pizza, please.');
    await later(600);
    const { talk } = follow(pizza);
    talk.say('Are you there?');
    answer();
    await later(600);
    expect(noted().at(-1)).toEqual([[pizza, 1, 'Are you there?']]);
  });
});

describe('a shard that goes at once', () => {
  test('sends the last words without waiting (R6.3)', async () => {
    const { talk } = follow(pizza);
    talk.say('Hello.');
    await notes.flush(1_000);
    expect(noted()).toEqual([[[pizza, 1, 'Hello.']]]);
  });

  test('waits no longer than it was given for a database that hangs (R6.3)', async () => {
    const database = { rows: () => new Promise(() => undefined) } as unknown as Database;
    const hanging = new Notes({ database, worker: 'shard-1', log: pino({ level: 'silent' }) });
    const talk = new Talk();
    hanging.follow(pizza, talk);
    talk.say('Hello.');
    const flushed = vi.fn();
    void hanging.flush(1_000).then(flushed);
    await later(1_100);
    expect(flushed).toHaveBeenCalled();
    hanging.close();
  });
});
