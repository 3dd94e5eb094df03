/** Times of the test calls, as the table in the README shows them. */
import type { CallResult } from '../phone/phone.ts';
import type { CallOutcome } from './outcome.ts';

export interface MeasuredCall {
  readonly outcome: CallOutcome;
  readonly phone: CallResult;
}

export interface Figure {
  readonly what: string;
  readonly calls: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export function figures(calls: readonly MeasuredCall[]): Figure[] {
  const phones = (chosen: (call: MeasuredCall) => boolean) => calls.filter(chosen).map(({ phone }) => phone);
  const answered = phones(({ outcome }) => outcome.sip === 200);
  const unknown = phones(({ outcome }) => outcome.reason === 'unknown_number');
  return [
    figure(
      'INVITE → 180',
      phones(() => true),
      (phone) => phone.inviteTo180Ms,
    ),
    figure('INVITE → 200', answered, (phone) => phone.inviteTo200Ms),
    figure('INVITE → first word of the agent', answered, (phone) => phone.inviteToFirstAudioMs),
    figure('INVITE → 486, unknown number', unknown, (phone) => phone.inviteToFinalMs),
  ];
}

function figure(what: string, phones: readonly CallResult[], time: (phone: CallResult) => number | undefined): Figure {
  const sorted = phones
    .map(time)
    .filter((ms) => ms !== undefined)
    .toSorted((a, b) => a - b);
  return { what, calls: sorted.length, p50Ms: percentile(sorted, 0.5), p99Ms: percentile(sorted, 0.99) };
}

/** Nearest rank: a value that was really measured. NaN of nothing. */
function percentile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
}
