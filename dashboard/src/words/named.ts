/** The word for a code; the code itself where the server knows more of them than these pages. */
export function named(names: Readonly<Record<string, string>>, code: string): string {
  return (Object.hasOwn(names, code) ? names[code] : undefined) ?? code;
}
