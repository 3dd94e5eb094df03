import { describe, expect, test } from 'vitest';
import { KnownNumbers } from '../../../dispatch/known-numbers.ts';
import { admissionSchema } from '../../../shared/contracts.ts';
import { roomNameSchema } from '../../../shared/ids.ts';

const dayMs = 24 * 60 * 60 * 1000;
const ids = {
  session_id: '00000000-0000-4000-8000-000000000001',
  organization_id: '00000000-0000-4000-8000-000000000002',
  number_id: '00000000-0000-4000-8000-000000000003',
};
const admitted = (limit: number, pool = 'gold') =>
  admissionSchema.parse({
    ...ids,
    outcome: 'admitted',
    tenant: 'harbor',
    pool,
    number_limit: limit,
    repeated: false,
  });
const nobody = { tenant: null, number_id: null, pool: null };
const refused = (reason: string) =>
  admissionSchema.parse({ ...nobody, outcome: 'refused', reason, answer: { action: 'busy' } });

function open() {
  let nowMs = 1_000;
  const numbers = new KnownNumbers({ now: () => nowMs, monotonicMs: () => nowMs });
  return {
    numbers,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('what a replica knows of numbers', () => {
  test('is what the database said of them last, with pool and limit, for a day (R3.7)', () => {
    const { numbers, pass } = open();
    expect(numbers.find('2001')).toBeUndefined();
    numbers.learn('2001', admitted(3));
    pass(dayMs / 2);
    numbers.learn('2001', admitted(5, 'silver'));
    pass(dayMs);
    expect(numbers.find('2001')).toMatchObject({ tenant: 'harbor', pool: 'silver', numberLimit: 5 });
    pass(1);
    expect(numbers.find('2001')).toBeUndefined();
  });

  test.each([['number_inactive'], ['organization_inactive'], ['unknown_number']])(
    'is forgotten once the database refuses a call for %s (R1.5)',
    (reason) => {
      const { numbers } = open();
      numbers.learn('2001', admitted(3));
      numbers.learn('2001', refused(reason));
      expect(numbers.find('2001')).toBeUndefined();
    },
  );

  test('outlives a refusal that holds for the moment only (R3.4)', () => {
    const { numbers } = open();
    numbers.learn('2001', admitted(3));
    numbers.learn('2001', refused('number_busy'));
    expect(numbers.find('2001')).toBeDefined();
  });

  test('is bounded, and the number called longest ago is forgotten first (R1.5)', () => {
    const { numbers } = open();
    for (let called = 0; called <= 20_000; called++) numbers.learn(String(called), admitted(1));
    expect([numbers.find('0'), numbers.find('1')?.tenant]).toEqual([undefined, 'harbor']);
  });
});

describe('the lines of a known number', () => {
  test('are given out as many as it has, counting those that the database gave (R3.1)', () => {
    const { numbers } = open();
    numbers.learn('2001', admitted(2));
    const number = numbers.find('2001');
    if (number === undefined) throw new Error('it is not known');
    const call = (name: string) => ({ room: roomNameSchema.parse(name), callerSid: name });
    numbers.hold(call('by-the-database'), number);
    expect([numbers.take(call('second'), number), numbers.take(call('third'), number)]).toEqual([true, false]);
    numbers.letGo(call('by-the-database').room);
    expect(numbers.take(call('third'), number)).toBe(true);
    expect(numbers.callsOf(number).map(({ room }) => room)).toEqual(['third', 'second']);
  });
});
