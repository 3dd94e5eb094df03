import { APIStatusError } from '@livekit/agents';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { type Candidate, Succession } from '../../../../agent/fallback/succession.ts';

const down = new APIStatusError({ message: 'x', options: { statusCode: 500, body: {} } });

test.each([
  ['another model of the same provider takes over', ['openai', 'openai'], []],
  ['another provider takes over', ['openai', 'deepgram'], ['openai others']],
])(
  'when %s, the breaker of the first one hears of it only if its provider is left (R4.2)',
  (_who, providers, wanted) => {
    const told: string[] = [];
    const candidates = providers.map((provider, at): Candidate<string> => ({ provider, model: `m${at}`, service: '' }));
    const succession = new Succession('llm', candidates, {
      log: pino({ level: 'silent' }),
      providerFailed: (provider, _cause, left) => void told.push(`${provider} ${left}`),
    });
    succession.round().failed(succession.current, down);
    expect(succession.current.model).toBe('m1');
    expect(told).toEqual(wanted);
  },
);

test('a provider all of whose models failed is told of as one behind whom nobody is left (R4.2)', () => {
  const told: string[] = [];
  const candidates = ['a', 'b'].map((model): Candidate<string> => ({ provider: 'openai', model, service: '' }));
  const succession = new Succession('llm', candidates, {
    log: pino({ level: 'silent' }),
    providerFailed: (provider, _cause, left) => void told.push(`${provider} ${left}`),
  });
  const round = succession.round();
  round.failed(succession.current, down);
  expect(round.failed(succession.current, down)).toBeUndefined();
  expect(told).toEqual(['openai nobody']);
});
