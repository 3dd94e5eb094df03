/** npm run bench:document: the tables and plots of docs/benchmarks.md, from the raw lines in docs/benchmarks/. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../dev/stack/program.ts';
import type { ChurnResult } from './churn.ts';
import type { LimitResult } from './limit.ts';
import type { Machine } from './machine.ts';
import type { PathResult } from './path.ts';
import { type Plot, plot } from './plot.ts';
import type { RefusalsResult } from './refusals.ts';
import type { RunResult } from './run.ts';
import type { Spread } from './statistics.ts';
import { nameOf } from './table.ts';

const folder = join(repository, 'docs', 'benchmarks');
const document = join(repository, 'docs', 'benchmarks.md');
const marks = { begin: '<!-- figures:begin -->', end: '<!-- figures:end -->' };
const none = '–';

const plots: Readonly<Record<string, Plot>> = {
  'core-per-call': { title: 'Processor time per call', unit: 'cores', of: ({ corePerCall }) => corePerCall },
  'memory-per-call': { title: 'Memory per call over idle, PSS', unit: 'MB', of: ({ perCallMb }) => perCallMb },
  'join-p99': {
    title: 'Slowest of a burst to be answered, p99',
    unit: 'ms',
    of: ({ arrival, joinMs }) => (arrival === 'burst' ? joinMs.p99 : null),
  },
  'runtime-share-p95': {
    title: 'From the last word to the first sound, less providers and silence, p95',
    unit: 'ms',
    // A bare room does not wait and does not think: it has none.
    of: ({ runtimeShareMs: { p95 } }) => (p95 !== null && p95 > 0 ? p95 : null),
  },
};

/** Ours alone, by how many calls a shard has. */
const curves: Readonly<Record<string, Plot>> = {
  'ours-core-per-call': {
    title: 'One shard: processor time per call',
    unit: 'cores',
    of: ({ corePerCall }) => corePerCall,
  },
  'ours-runtime-share-p95': {
    title: 'One shard: from the last word to the first sound, less providers and silence, p95',
    unit: 'ms',
    of: ({ runtimeShareMs }) => runtimeShareMs.p95,
  },
};

type Cell = string | number;

/** What `npm run bench` and its siblings wrote, one object a line. */
function lines<T>(name: string): (T & { readonly machine: Machine })[] {
  const path = join(folder, name);
  if (!existsSync(path)) return [];
  const text = readFileSync(path, 'utf8').trim();
  return text.split('\n').map((line) => JSON.parse(line) as T & { readonly machine: Machine });
}

function table(heading: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
  if (rows.length === 0) return [];
  return [heading, heading.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
}

function section(title: string, command: string, machines: readonly Machine[], text: readonly string[]): string[] {
  if (text.length === 0) return [];
  const where = [...new Set(machines.map(described))].join('; ');
  return [`### ${title}`, '', `\`${command}\` on ${where}.`, '', ...text, ''];
}

function described({ cpu, cores, memoryGb, kernel, node, commit }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}, Node ${node}, commit ${commit}`;
}

const spread = ({ p50, p99 }: Spread) => `${p50 ?? none} / ${p99 ?? none}`;

type TalkResult = RunResult & { readonly machine: Machine };

function talkTable(results: readonly TalkResult[]): string[] {
  const heading = [
    ...['worker', 'begun', 'callers', 'arrival', 'cores', 'answered', 'idle MB', 'MB a call', 'core a call'],
    ...[
      'answer p50 / p99 ms',
      'share p50 / p95 / p99 ms',
      'silent / spoken into',
      'loop lag p99 ms',
      'late or lost %',
      'load',
      'stolen %',
    ],
  ];
  const rows = results.map(({ runtimeShareMs: share, ...line }) => [
    nameOf(line),
    begun(line),
    ...[line.calls, line.arrival, line.cores, `${line.answered} of ${line.calls}`],
    ...[line.idleMb, line.perCallMb, line.corePerCall, spread(line.joinMs)],
    `${share.p50 ?? none} / ${share.p95 ?? none} / ${share.p99 ?? none}`,
    `${line.silentTurns} / ${line.spokenIntoTurns}`,
    ...[line.loopLagP99Ms?.toFixed(1) ?? none, line.latePercent ?? none, line.loadAverage, line.stolenPercent],
  ]);
  return table(heading, rows);
}

/** Day and time, by which rows of one run are known: the host is not as fast at all times. */
function begun({ startedAt }: Pick<RunResult, 'startedAt'>): string {
  return startedAt.replace(/^\d+-(.+)T(\d\d:\d\d).*$/, '$1 $2');
}

/** The same number of callers, coming in the same way, side by side; a worker's rounds after each other. */
function bySize(a: RunResult, b: RunResult): number {
  return (
    a.calls - b.calls ||
    a.arrival.localeCompare(b.arrival) ||
    a.subject.localeCompare(b.subject) ||
    a.startedAt.localeCompare(b.startedAt)
  );
}

/** The same for all of them, and a core of its own. */
function isPlain({ cores, business, promptKb, node, variables }: RunResult): boolean {
  return cores === 'apart' && business === 'usual' && promptKb === 0 && node === null && variables === null;
}

function talkSection(): string[] {
  const results = lines<RunResult>('talk.jsonl').toSorted(bySize);
  if (results.length === 0) return [];
  const plain = results.filter(isPlain);
  const beside = plain.filter(
    ({ calls }) => new Set(plain.filter((each) => each.calls === calls).map(nameOf)).size > 1,
  );
  const ours = plain.filter(({ subject }) => subject === 'switchboard');
  for (const [name, of] of Object.entries(plots)) writeFileSync(join(folder, `${name}.svg`), plot(beside, of));
  for (const [name, of] of Object.entries(curves)) writeFileSync(join(folder, `${name}.svg`), plot(ours, of));
  const images = Object.entries({ ...plots, ...curves }).map(
    ([name, { title }]) => `![${title}](benchmarks/${name}.svg)`,
  );
  const machines = results.map(({ machine }) => machine);
  return section('Side by side', 'npm run bench', machines, [...images, '', ...talkTable(results)]);
}

function nodesSection(): string[] {
  const results = lines<RunResult>('nodes.jsonl');
  const machines = results.map(({ machine }) => machine);
  const command = 'npm run bench -- --subjects switchboard --node own,<Node 22>,<Node 24>';
  return section('Node versions', command, machines, talkTable(results));
}

function churnSection(): string[] {
  const results = lines<ChurnResult>('churn.jsonl');
  const heading = ['worker', 'calls', 'at once', 'answered', 'MB idle → after', 'threads', 'open files'];
  const rows = results.map(({ idle, after, ...line }) => [
    ...[nameOf(line), line.calls, line.atOnce, line.answered],
    ...[`${idle.pssMb} → ${after.pssMb}`, `${idle.threads} → ${after.threads}`, `${idle.fds} → ${after.fds}`],
  ]);
  const machines = results.map(({ machine }) => machine);
  return section('What short calls leave behind', 'npm run bench -- --churn 500', machines, table(heading, rows));
}

function pathSection(): string[] {
  const results = lines<PathResult>('path.jsonl');
  const heading = [
    'calls',
    'commit',
    '→ 180 p50 / p99 ms',
    '→ final p50 / p99 ms',
    '→ first word p50 / p99 ms',
    'status',
    'load',
  ];
  const rows = results.flatMap(({ rows: measured, machine: { commit } }) =>
    measured.map((row) => [
      ...[`${row.what} (${row.calls})`, commit, spread(row.ringingMs), spread(row.finalMs), spread(row.firstWordMs)],
      ...[
        Object.entries(row.status)
          .map(([status, calls]) => `${calls} × ${status}`)
          .join(', '),
        row.loadAverage,
      ],
    ]),
  );
  const machines = results.map(({ machine }) => machine);
  return section('From the INVITE', 'npm run bench:path', machines, table(heading, rows));
}

function refusalsSection(): string[] {
  const results = lines<RefusalsResult>('refusals.jsonl');
  const heading = ['callers at once', 'commit', 'of', 'closed p50 / p99 ms', 'dispatch’s processor ms a call', 'load'];
  const rows = results.flatMap(({ rows: measured, machine: { commit } }) =>
    measured.map((row) => [row.atOnce, commit, row.calls, spread(row.closedMs), row.cpuMs, row.loadAverage]),
  );
  const machines = results.map(({ machine }) => machine);
  return section('Turned away by dispatch alone', 'npm run bench:refusals', machines, table(heading, rows));
}

function limitSection(): string[] {
  const results = lines<LimitResult>('limit.jsonl');
  const heading = [
    'calls held',
    'commit',
    'dialled beyond',
    'lost',
    '→ busy p50 / p99 ms',
    'answers before, during, after: p50 / p95 ms',
  ];
  const answers = ({ p50, p95 }: Spread) => `${p50 ?? none} / ${p95 ?? none}`;
  const rows = results.map((line) => [
    ...[line.room, line.machine.commit, line.dialledBeyond, line.lost, spread(line.busyMs)],
    [line.answersBeforeMs, line.answersDuringMs, line.answersAfterMs].map(answers).join(', '),
  ]);
  const machines = results.map(({ machine }) => machine);
  return section('Past the limit', 'npm run bench:limit', machines, table(heading, rows));
}

const text = readFileSync(document, 'utf8');
const [before = ''] = text.split(marks.begin);
const after = text.split(marks.end)[1] ?? '';
const sections = [talkSection(), nodesSection(), pathSection(), refusalsSection(), limitSection(), churnSection()];
const figures = sections.flat().join('\n');
writeFileSync(document, `${before}${marks.begin}\n\n${figures}\n${marks.end}${after}`);
