/**
 * The steps of a call in the order in which they came. Steps of the agent are milliseconds since it was asked for the call,
 * which is not written down as a moment; the one that says that the line was answered ties both together.
 */
import type { CallDetail } from '../../api/calls.ts';
import { named } from '../../words/named.ts';
import { useFormat, useWords } from '../../words/speech.tsx';

interface Step {
  readonly name: string;
  readonly atMs: number;
  /** Since the agent was asked; undefined: it is none of the agent's. */
  readonly sinceOfferMs: number | undefined;
}

export function Timeline({ call }: { readonly call: CallDetail }) {
  const { callWords } = useWords();
  const format = useFormat();
  const steps = stepsOf(call);
  const beganMs = Date.parse(call.startedAt);
  return (
    <ol className="border-line border-l">
      {steps.map(({ name, atMs, sinceOfferMs }) => (
        <li className="relative py-1 pl-4 text-sm" key={name}>
          <span aria-hidden="true" className="absolute top-2.5 -left-1 size-2 rounded-full bg-accent" />
          <span className="font-medium">{named(callWords.steps, name)}</span>{' '}
          <span className="text-muted">
            {format.time(atMs)} · +{format.span(Math.max(0, atMs - beganMs))}
          </span>
          {sinceOfferMs !== undefined && (
            <span className="block text-muted text-xs">
              {format.span(sinceOfferMs)} {callWords.sinceOffer}
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function stepsOf({ startedAt, answeredAt, endedAt, timings }: CallDetail): Step[] {
  const startedMs = Date.parse(startedAt);
  const offeredMs = offerOf(startedMs, answeredAt, timings);
  const marks = Object.entries(timings)
    // The moments of the record say these more exactly.
    .filter(([name]) => name !== 'ended' || endedAt === null)
    .map(([name, ms]): Step => ({ name, atMs: offeredMs + ms, sinceOfferMs: ms }));
  const moments: Step[] = [{ name: 'came', atMs: startedMs, sinceOfferMs: undefined }];
  if (answeredAt !== null && timings['published'] === undefined)
    moments.push({ name: 'answered', atMs: Date.parse(answeredAt), sinceOfferMs: undefined });
  if (endedAt !== null) moments.push({ name: 'ended', atMs: Date.parse(endedAt), sinceOfferMs: undefined });
  return [...moments, ...marks].sort((one, other) => one.atMs - other.atMs);
}

function offerOf(startedMs: number, answeredAt: string | null, timings: CallDetail['timings']): number {
  const published = timings['published'];
  return answeredAt === null || published === undefined ? startedMs : Date.parse(answeredAt) - published;
}
