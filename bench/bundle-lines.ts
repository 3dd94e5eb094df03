/** Which file a line of a bundle was made from: esbuild writes its name above each part. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const partName = /^\/\/ ((?:\S*\/)?(?:node_modules|agent|shared|dispatch)\/\S+)$/;

interface Part {
  readonly firstLine: number;
  readonly file: string;
}

const partsOf = new Map<string, readonly Part[]>();

/** @param line counted from 0 @returns the URL as it was given for what is no bundle */
export function sourceOf(url: string, line: number): string {
  const parts = partsOf.get(url) ?? readParts(url);
  partsOf.set(url, parts);
  return parts.findLast(({ firstLine }) => firstLine <= line)?.file ?? url;
}

function readParts(url: string): Part[] {
  if (!url.startsWith('file:') || !existsSync(fileURLToPath(url))) return [];
  const lines = readFileSync(fileURLToPath(url), 'utf8').split('\n');
  return lines.flatMap((text, firstLine) => {
    const file = partName.exec(text)?.[1];
    return file === undefined ? [] : [{ firstLine, file }];
  });
}
