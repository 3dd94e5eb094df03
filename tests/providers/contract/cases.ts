/** What may happen to a request, and what a call must then see of it, whatever the provider. */
import type { ScriptInput } from '../../../dev/providers/script.ts';
import type { Kind } from '../../../shared/providers/provider.ts';

type Rule = NonNullable<ScriptInput['rules']>[number];
export type Journaled = Pick<NonNullable<Rule['match']>, 'provider' | 'kind'>;

export type Expected =
  /** All of it arrives, and no failure is reported as final. */
  | { readonly outcome: 'whole' }
  /** One `error` event that is not recoverable, after at most so many requests. `part`: something had arrived before. */
  | {
      readonly outcome: 'fails';
      readonly arrived: 'nothing' | 'part';
      readonly status?: number;
      readonly mostTries: number;
    }
  /** Nothing arrives and nothing is said of it: who listens cannot tell it from a caller who is silent (agent/hearing.ts). */
  | { readonly outcome: 'silent' }
  /** It goes on as if nothing had happened: a stray byte in raw sound is noise to the ear and to nobody else. */
  | { readonly outcome: 'unnoticed' };

export const cases = {
  'a normal turn': {},
  'a slow one': { delayMs: 400, gapMs: 15 },
  'a wrong key': { fault: { type: 'status', status: 401 } },
  'a full service that asks to wait a second': {
    times: 1,
    fault: { type: 'status', status: 429, retryAfterS: 1 },
  },
  'a full service that asks to wait a minute': { fault: { type: 'status', status: 429, retryAfterS: 60 } },
  'a broken service': { fault: { type: 'status', status: 500 } },
  'a connection that is cut once': { times: 1, fault: { type: 'cut', afterChunks: 3 } },
  'a frame that cannot be read': { times: 1, fault: { type: 'malformed', afterChunks: 3 } },
  silence: { fault: { type: 'silence' } },
} as const satisfies Record<string, Omit<Rule, 'match'>>;
export type CaseName = keyof typeof cases;
export const caseNames = Object.keys(cases) as CaseName[];

const whole: Expected = { outcome: 'whole' };
const refused = (status: number, mostTries: number): Expected => ({
  outcome: 'fails',
  arrived: 'nothing',
  status,
  mostTries,
});
const brokenOff: Expected = { outcome: 'fails', arrived: 'part', mostTries: 2 };

const unanswered: Expected = { outcome: 'fails', arrived: 'nothing', mostTries: 2 };

/** A question is asked at most twice: the caller waits. */
const asked: Readonly<Record<CaseName, Expected>> = {
  'a normal turn': whole,
  'a slow one': whole,
  'a wrong key': refused(401, 1),
  'a full service that asks to wait a second': whole,
  'a full service that asks to wait a minute': refused(429, 2),
  'a broken service': refused(500, 2),
  'a connection that is cut once': brokenOff,
  'a frame that cannot be read': brokenOff,
  silence: unanswered,
};

export const expectations: Readonly<Record<Kind, Readonly<Record<CaseName, Expected>>>> = {
  /** A line that drops is opened again, up to three times, and hears again what it missed. */
  stt: {
    ...asked,
    'a full service that asks to wait a minute': refused(429, 4),
    'a broken service': refused(500, 4),
    'a connection that is cut once': whole,
    'a frame that cannot be read': whole,
    silence: { outcome: 'silent' },
  },
  /** Words that the caller may have heard are not said twice: an answer that broke off is a failure. */
  llm: asked,
  tts: { ...asked, 'a frame that cannot be read': { outcome: 'unnoticed' } },
  /** A line that drops, or refuses, is opened once more while the caller still hears ringing. */
  realtime: { ...asked, 'a connection that is cut once': whole, 'a frame that cannot be read': whole },
};
