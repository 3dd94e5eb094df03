import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pages } from '../../dev/docs/pages.ts';
import { steps } from '../../dispatch/steps.ts';
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
    const exits = callPath('step').flatMap((row) => codesIn(row.at(-1) ?? ''));
    expect(new Set(exits)).toEqual(new Set(reasonCodes));
  });

  test('each function that docs/call-path.md names is in the file beside it, and a call passes the agent’s in that order (R3.5)', () => {
    const named = callPath('step').flatMap((row) => functionsIn(row[2] ?? ''));
    const missing = named.filter(({ file, name }) => !new RegExp(`(function|async) ${name}\\(`).test(source(file)));
    expect(missing).toEqual([]);
    const serve = source('agent/call.ts').slice(source('agent/call.ts').indexOf('async function serve('));
    const agents = named.filter(({ file }) => file.startsWith('agent/') && !file.endsWith('settle.ts'));
    const places = agents.map(({ name }) => serve.indexOf(`${name}(`));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  test('docs/call-path.md says of each moment of dispatch where it is passed and who goes on (R3.5)', () => {
    const moments = callPath('moment').map(([moment = '', file = '']) => ({ moment: bare(moment), file: bare(file) }));
    expect(new Set(moments.map(({ moment }) => moment))).toEqual(new Set(steps));
    expect(moments.filter(({ moment, file }) => !source(file).includes(`at('${moment}')`))).toEqual([]);
  });
});

const source = (file: string) => readFileSync(file, 'utf8');
const bare = (cell: string) => cell.replaceAll('`', '').trim();
const codesIn = (cell: string) => [...cell.matchAll(/`([a-z_]{5,})`/g)].map((match) => match[1]);

function functionsIn(cell: string): { readonly file: string; readonly name: string }[] {
  const pairs = cell.matchAll(/`((?:agent|dispatch)\/[^`]+\.ts)`((?: `[A-Za-z]+\(\)`)*)/g);
  return [...pairs].flatMap(([, file = '', names = '']) =>
    [...names.matchAll(/`([A-Za-z]+)\(\)`/g)].map((match) => ({ file, name: match[1] ?? '' })),
  );
}

/** The rows of the table of docs/call-path.md that has a column of this name, cell by cell. */
function callPath(column: string): string[][] {
  const tables = source('docs/call-path.md').split('\n\n');
  const table = tables.find((text) => text.startsWith('|') && text.split('\n', 1)[0]?.includes(`| ${column} |`));
  return (table ?? '')
    .trimEnd()
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').slice(1, -1));
}
