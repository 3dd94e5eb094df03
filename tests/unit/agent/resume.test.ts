import type { voice } from '@livekit/agents';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { CallRecorder } from '../../../agent/record.ts';
import { apologiseForTheGap } from '../../../agent/resume.ts';
import { Timings } from '../../../agent/timings.ts';
import { resolveConfig } from '../../../shared/config/index.ts';
import { phrases } from '../../../shared/config/phrases.ts';

const clock = { now: () => 0, monotonicMs: () => 0 };

test.each([
  [undefined, phrases.en.resumed],
  ['it', phrases.it.resumed],
])(
  'a caller whose call went on in %s hears the sorry in that language, and cannot cut it (R3.5)',
  async (language, sorry) => {
    const said: unknown[] = [];
    const session = {
      say: (...words: unknown[]) => {
        said.push(words);
        return { waitForPlayout: () => Promise.resolve() };
      },
      output: {},
    } as unknown as voice.AgentSession;
    const timings = new Timings(clock, 0);
    const record = new CallRecorder(timings);
    if (language !== undefined) record.goesOnIn(language);
    await apologiseForTheGap(session, english(), { record, timings, log: pino({ level: 'silent' }) });
    expect(said).toEqual([[sorry, { allowInterruptions: false }]]);
  },
);

function english() {
  const organization = { business: { name: 'Harbor Pizza' }, language: 'en' };
  const resolved = resolveConfig({ platform: {}, organization, instance: {}, number: {} });
  if (resolved.outcome !== 'usable') throw new Error(JSON.stringify(resolved));
  return resolved.config;
}
