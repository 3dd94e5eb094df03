/** Times of the test calls, as the table in the README shows them. */
import type { CallResult } from '../phone/phone.ts';
import { percentile } from '../statistics.ts';
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
  const times = phones.map(time).filter((ms) => ms !== undefined);
  /** NaN of nothing. */
  const at = (p: number) => Math.round(percentile(times, p) ?? Number.NaN);
  return { what, calls: times.length, p50Ms: at(0.5), p99Ms: at(0.99) };
}
