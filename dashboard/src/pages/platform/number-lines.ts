/** Numbers as people paste them: one a line, or CSV with label and limit. */
import type { NewNumber } from '../../api/numbers.ts';

export type LineProblem =
  | { readonly kind: 'wrong number' }
  | { readonly kind: 'wrong label' }
  | { readonly kind: 'wrong limit' }
  | { readonly kind: 'twice'; readonly line: number };

export interface NumberLine {
  readonly line: number;
  readonly phoneNumber: string;
  readonly label: string;
  readonly limit: string;
  readonly problem: LineProblem | undefined;
}

/** As many as the API takes at once. */
export const mostLines = 1_000;
const longestLabel = 120;
const greatestLimit = 10_000;

export function readLines(text: string): NumberLine[] {
  const seen = new Map<string, number>();
  return text
    .split(/\r?\n/)
    .map((content, at) => ({ content: content.trim(), line: at + 1 }))
    .filter(({ content }) => content !== '' && !isHeading(content))
    .map(({ content, line }) => {
      const [number = '', label = '', limit = ''] = cellsOf(content);
      const phoneNumber = compact(number);
      const first = seen.get(phoneNumber);
      if (first === undefined) seen.set(phoneNumber, line);
      return { line, phoneNumber, label, limit, problem: problemOf(phoneNumber, label, limit, first) };
    });
}

export function toNumber({ phoneNumber, label, limit }: NumberLine, organization: string | undefined): NewNumber {
  return {
    phoneNumber,
    ...(label === '' ? {} : { label }),
    ...(limit === '' ? {} : { maxConcurrentCalls: Number(limit) }),
    ...(organization === undefined ? {} : { organization }),
  };
}

function problemOf(
  phoneNumber: string,
  label: string,
  limit: string,
  first: number | undefined,
): LineProblem | undefined {
  if (!/^(\*|\+[1-9]\d{6,14}|\d{2,15})$/.test(phoneNumber)) return { kind: 'wrong number' };
  if (first !== undefined) return { kind: 'twice', line: first };
  if (label.length > longestLabel) return { kind: 'wrong label' };
  const isLimit = limit === '' || (/^\d{1,5}$/.test(limit) && Number(limit) <= greatestLimit);
  return isLimit ? undefined : { kind: 'wrong limit' };
}

/** 00 is how many dial what others write as +. */
function compact(number: string): string {
  const digits = number.replace(/[\s().-]/g, '');
  return digits.startsWith('00') && digits.length > 8 ? `+${digits.slice(2)}` : digits;
}

function isHeading(content: string): boolean {
  return /^"?(number|numero|phone)/i.test(content);
}

/** Commas, semicolons or tabs; what stands in quotes may have them inside. */
function cellsOf(content: string): string[] {
  const cells = content.match(/("(?:[^"]|"")*"|[^,;\t]*)(?:[,;\t]|$)/g) ?? [];
  return cells.map((cell) => {
    const bare = cell.replace(/[,;\t]$/, '').trim();
    return bare.startsWith('"') && bare.endsWith('"') ? bare.slice(1, -1).replaceAll('""', '"') : bare;
  });
}
