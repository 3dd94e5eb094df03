/**
 * A stranger's text as it may be kept: Postgres text holds no NUL, and no reader of a record wants the other control
 * characters. No character is cut in two.
 */
export function printable(text: string, maxLength: number): string {
  return Array.from(text.replace(/\p{Cc}/gu, '\u{FFFD}'))
    .slice(0, maxLength)
    .join('');
}
