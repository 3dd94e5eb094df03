/** A table that becomes cards where there is no room: each value then stands beside its heading. */
import { memo, type ReactElement, type ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Scroller } from './scroller.tsx';

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly side?: 'right';
}

interface TableProps<Row> {
  /** For those who do not see it. */
  readonly caption: string;
  readonly rows: readonly Row[];
  /** Made once: rows are drawn again when it changes. */
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
}

export function Table<Row>({ caption, rows, columns, keyOf }: TableProps<Row>) {
  return (
    <Scroller className="md:rounded-md md:border md:border-line md:bg-surface" label={caption}>
      <table className="w-full border-collapse text-sm max-md:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="max-md:sr-only">
          <tr>
            {columns.map(({ key, title, side }) => (
              <th
                className={classNames(
                  'whitespace-nowrap border-line border-b px-3 py-2 font-medium text-muted text-xs',
                  side === 'right' ? 'text-right' : 'text-left',
                )}
                key={key}
                scope="col"
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="max-md:block">
          {rows.map((row) => (
            <TableRow columns={columns} key={keyOf(row)} row={row} />
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

interface RowProps<Row> {
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
}

const TableRow = memo(PlainRow) as <Row>(props: RowProps<Row>) => ReactElement;

function PlainRow<Row>({ row, columns }: RowProps<Row>) {
  return (
    <tr className="border-line last:border-b-0 hover:bg-sunken max-md:mb-2 max-md:block max-md:rounded-md max-md:border max-md:bg-surface max-md:p-2 max-md:last:border-b md:border-b">
      {columns.map(({ key, title, cell, side }) => (
        <td
          className={classNames(
            'px-3 py-2 align-middle max-md:flex max-md:items-center max-md:gap-3 max-md:px-1 max-md:py-1',
            'max-md:before:w-28 max-md:before:shrink-0 max-md:before:text-muted max-md:before:text-xs',
            'max-md:before:content-[attr(data-title)]',
            side === 'right' && 'md:text-right',
          )}
          data-title={title}
          key={key}
        >
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
