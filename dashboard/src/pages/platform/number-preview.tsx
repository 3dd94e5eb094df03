import { useMemo } from 'react';
import type { AddedNumber } from '../../api/numbers.ts';
import { Badge } from '../../parts/badge.tsx';
import { type Column, Table } from '../../parts/table.tsx';
import type { Words } from '../../words/en.ts';
import { useFormat, useWords } from '../../words/speech.tsx';
import type { LineProblem, NumberLine } from './number-lines.ts';

/** What is drawn of many; those with something wrong are drawn first. */
const mostDrawn = 200;

export function PreviewTable({ lines }: { readonly lines: readonly NumberLine[] }) {
  const { numberWords: words, common } = useWords();
  const format = useFormat();
  const columns = useMemo(
    (): Column<NumberLine>[] => [
      { key: 'line', title: words.line, side: 'right', cell: ({ line }) => format.count(line) },
      { key: 'number', title: common.number, cell: ({ phoneNumber }) => <bdi dir="ltr">{phoneNumber}</bdi> },
      { key: 'label', title: common.label, cell: ({ label }) => <span dir="auto">{label || common.nothing}</span> },
      { key: 'limit', title: words.limit, side: 'right', cell: ({ limit }) => limit || '1' },
      {
        key: 'problem',
        title: words.preview,
        cell: ({ problem }) =>
          problem === undefined ? (
            <Badge tone="good">{words.fine}</Badge>
          ) : (
            <span className="text-bad">{sentenceOf(problem, words)}</span>
          ),
      },
    ],
    [words, common, format],
  );
  const drawn = lines
    .toSorted((one, other) => Number(other.problem !== undefined) - Number(one.problem !== undefined))
    .slice(0, mostDrawn);
  return <Table caption={words.preview} columns={columns} keyOf={({ line }) => String(line)} rows={drawn} />;
}

function sentenceOf(problem: LineProblem, words: Words['numberWords']): string {
  switch (problem.kind) {
    case 'wrong number':
      return words.wrongNumber;
    case 'wrong label':
      return words.wrongLabel;
    case 'wrong limit':
      return words.wrongLimit;
    case 'twice':
      return words.twice(String(problem.line));
  }
}

export function AddedTable({ added }: { readonly added: readonly AddedNumber[] }) {
  const { numberWords: words, common } = useWords();
  const columns = useMemo(
    (): Column<AddedNumber>[] => [
      { key: 'number', title: common.number, cell: ({ phoneNumber }) => <bdi dir="ltr">{phoneNumber}</bdi> },
      {
        key: 'outcome',
        title: words.result,
        cell: ({ outcome }) => (
          <Badge tone={outcome === 'added' ? 'good' : 'warn'}>{outcome === 'added' ? words.added : words.exists}</Badge>
        ),
      },
    ],
    [words, common],
  );
  return <Table caption={words.result} columns={columns} keyOf={({ phoneNumber }) => phoneNumber} rows={added} />;
}
