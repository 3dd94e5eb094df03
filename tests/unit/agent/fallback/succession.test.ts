import { APIConnectionError, APIStatusError, APITimeoutError } from '@livekit/agents';
import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { reasonOf } from '../../../../agent/fallback/failure.ts';
import { type Candidate, Succession } from '../../../../agent/fallback/succession.ts';

const [a, b, c]: Candidate<string>[] = ['a', 'b', 'c'].map((provider) => ({ provider, model: 'm', service: provider }));
const log = pino({ level: 'silent' });
let told: string[];
beforeEach(() => {
  told = [];
});

const row = (...candidates: (Candidate<string> | undefined)[]) =>
  new Succession(
    'llm',
    candidates.filter((each) => each !== undefined),
    { log, providerFailed: (provider, _cause, left) => void told.push(`${provider}, ${left}`) },
  );

const broken = new APIConnectionError({ message: 'cut' });
const refused = new APIStatusError({ message: 'no', options: { statusCode: 401 } });

/** Who is tried for one answer when all of them fail in the same way. */
function tried(succession: Succession<string>, cause: Error): string[] {
  const names: string[] = [];
  const round = succession.round();
  let candidate: Candidate<string> | undefined = succession.current;
  while (candidate !== undefined) {
    names.push(candidate.provider);
    candidate = round.failed(candidate, cause);
  }
  return names;
}

test('of several each is tried once for an answer, in order; one alone is tried twice (R4.2)', () => {
  expect(tried(row(a, b, c), broken)).toEqual(['a', 'b', 'c']);
  expect(tried(row(a), broken)).toEqual(['a', 'a']);
});

test('whoever took over stays, and the first one comes round again only after the others (R4.2)', () => {
  const succession = row(a, b, c);
  if (a === undefined || b === undefined) throw new Error('no candidates');
  succession.round().failed(a, broken);
  expect(succession.current).toBe(b);
  expect(tried(succession, broken)).toEqual(['b', 'c', 'a']);
});

test('a refused key does not come round again, and one alone with it is not tried twice (R4.2)', () => {
  const succession = row(a, b);
  if (a === undefined) throw new Error('no candidates');
  succession.round().failed(a, refused);
  expect(succession.alone).toBe(true);
  expect(tried(succession, broken)).toEqual(['b', 'b']);
  expect(tried(row(a), refused)).toEqual(['a']);
});

test('a provider is reported once others serve, or nobody is left, and not while it is tried again (R4.2)', () => {
  tried(row(a, b), broken);
  tried(row(c), broken);
  expect(told).toEqual(['a, others', 'b, nobody', 'c, nobody']);
});

test.each([
  ['bad_key', refused],
  ['bad_key', new Error('Unexpected server response: 401')],
  ['quota', new APIStatusError({ message: 'x', options: { statusCode: 429, body: { code: 'insufficient_quota' } } })],
  ['quota', new APIStatusError({ message: 'x', options: { statusCode: 402 } })],
  ['rate_limited', new APIStatusError({ message: 'slow down', options: { statusCode: 429 } })],
  ['timed_out', new APITimeoutError({})],
  ['unavailable', new APIStatusError({ message: 'x', options: { statusCode: 500 } })],
  ['unavailable', new Error('Unexpected server response: 503')],
  ['unavailable', broken],
  ['failed', new APIStatusError({ message: 'no such model', options: { statusCode: 404 } })],
  ['failed', new Error('the model answered nothing')],
])('a failure is told as %s (R4.2)', (reason, error) => {
  expect(reasonOf(error)).toBe(reason);
});
