import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages } from '../../dev/docs/pages.ts';
import { reasonCodes } from '../../shared/reasons.ts';
import { repositoryFiles } from './repository.ts';

const documents = repositoryFiles().filter((path) => path.endsWith('.md'));
const packageFile = readFileSync('package.json', 'utf8');
const folders = 'agent|dispatch|shared|supabase|dev|tests|docs|deploy|\\.ci';

describe('what is written agrees with what is there', () => {
  test.each(pages())('$path says what the code says: `npm run docs` writes it (R9.3)', ({ path, text }) => {
    expect(existsSync(path) ? readFileSync(path, 'utf8') : `${path} is missing`).toBe(text);
  });

  test.each(documents)('every path and link in %s leads somewhere (R9.3)', (document) => {
    const text = readFileSync(document, 'utf8');
    const named = [...text.matchAll(new RegExp(`\`((?:${folders})/[^\`\\s*<>{}…]*)\``, 'g'))].map(
      (match) => match[1] ?? '',
    );
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map((match) =>
      normalize(join(dirname(document), match[1] ?? '')),
    );
    expect([...named, ...linked].filter((path) => !existsSync(path))).toEqual([]);
  });

  test.each(documents)('every npm script that %s names exists (R9.3)', (document) => {
    const named = [...readFileSync(document, 'utf8').matchAll(/npm (?:run ([a-z:-]+)|(start|test))\b/g)];
    const scripts = named.map((match) => match[1] ?? match[2] ?? '');
    expect(scripts.filter((script) => !packageFile.includes(`"${script}":`))).toEqual([]);
  });

  test('docs/call-path.md shows an exit for every reason, and none that is not in the catalogue (R1.5)', () => {
    const table = readFileSync('docs/call-path.md', 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const exits = table.flatMap((line) => [...(line.split('|').at(-2) ?? '').matchAll(/`([a-z_]{5,})`/g)]);
    expect(new Set(exits.map((match) => match[1]))).toEqual(new Set(reasonCodes));
  });
});
