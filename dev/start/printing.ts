/** What a person reads while `npm start` runs. */
import { resolve } from 'node:path';
import type { Stack } from '../stack/stack.ts';
import { seededPassword, seededPeople } from '../stack/supabase-people.ts';
import type { Figure } from './figures.ts';
import type { CallOutcome } from './outcome.ts';
import { testCalls } from './test-calls.ts';

export function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function describeCall(call: CallOutcome, surprises: readonly string[]): string {
  const { called, sip, reason, tenant, agent } = call;
  const what =
    sip === 200
      ? `${tenant} → ${agent} → answered after ${call.inviteTo200Ms} ms, first word after ${call.inviteToFirstAudioMs} ms`
      : `refused with ${sip ?? 'no answer'}: ${reason}`;
  return [
    `${surprises.length === 0 ? '✓' : '✗'} ${called} → ${what}`,
    ...call.transcript.map(({ role, text }) => `    ${role}: ${text}`),
    ...(call.services.length === 0 ? [] : [`    with: ${call.services.join(', ')}`]),
    ...(call.endReason === null ? [] : [`    ended: ${[call.endReason, ...call.transfers].join(' → ')}`]),
    ...surprises.map((surprise) => `    NOT AS EXPECTED: ${surprise}`),
  ].join('\n');
}

export function describeFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, calls, p50Ms, p99Ms }) => `| ${what} | ${p50Ms} ms | ${p99Ms} ms | ${calls} |`);
  return ['| what | p50 | p99 | calls |', '|---|---|---|---|', ...rows].join('\n');
}

/** Where the pages are, and who can sign in to them. */
export function describePages({ fleet, supabase }: Stack): string {
  const [dispatch] = fleet.dispatches;
  if (dispatch === undefined) return '';
  const people = Object.values(seededPeople).map(({ email, what }) => `    ${email.padEnd(30)} ${what}`);
  const signIn = supabase
    ? [`  password ${seededPassword}, for`, ...people]
    : ['  sign in as the people of your Supabase project do'];
  return ['', `The pages: ${dispatch.url}`, ...signIn, `  The API is described at ${dispatch.url}/api`].join('\n');
}

export function describeDialIn({ sip, runDir, providers }: Stack): string {
  const numbers = testCalls.map(({ called, expected }) =>
    expected.outcome === 'answered'
      ? `    ${called}  ${expected.tenant}, ${expected.agent}; knows for example "${expected.says.text}"`
      : `    ${called}  refused: ${expected.reason}`,
  );
  const account = providers
    ? 'The stand-in providers know a fixed set of sentences (dev/providers/utterances.json).'
    : 'The real providers are in use.';
  return [
    '',
    `Dial in with any softphone on this machine: no account, no registration, UDP, PCMU or PCMA.`,
    `  SIP address  sip:2001@${sip.address}:${sip.port}   (for example: baresip -e "/dial sip:2001@${sip.address}:${sip.port}")`,
    '  numbers',
    ...numbers,
    `  ${account}`,
    `  logs         ${resolve(runDir, 'logs')}, one file a process, one JSON line an event`,
    'Ctrl-C stops everything.',
  ].join('\n');
}
