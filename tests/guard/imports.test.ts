import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repositoryFiles } from './repository.ts';

/** Which of our own folders, and which packages, a folder may import. */
const borders = {
  shared: { folders: ['shared'], never: /^(@livekit\/|livekit-)/ },
  agent: { folders: ['agent', 'shared'], never: /^@?hono/ },
  dispatch: { folders: ['dispatch', 'shared'], never: /^@livekit\/(agents|rtc-node)/ },
} as const;

interface Import {
  readonly file: string;
  readonly specifier: string;
}

describe('who may import whom', () => {
  test.each(Object.entries(borders))(
    '%s/ imports only what is on its side of the border (R9.3)',
    (folder, { folders, never }) => {
      const crossing = importsOf(folder).filter(({ file, specifier }) =>
        specifier.startsWith('.')
          ? !folders.some((own) => target(file, specifier).startsWith(`${own}/`))
          : never.test(specifier),
      );
      expect(crossing).toEqual([]);
    },
  );

  test('provider plugins are imported only below agent/ (R9.3)', () => {
    const elsewhere = ['shared', 'dispatch', 'dev'].flatMap(importsOf);
    expect(elsewhere.filter(({ specifier }) => specifier.startsWith('@livekit/agents-plugin-'))).toEqual([]);
  });
});

function importsOf(folder: string): Import[] {
  return repositoryFiles()
    .filter((path) => path.startsWith(`${folder}/`) && /\.m?ts$/.test(path))
    .flatMap((file) => specifiers(file).map((specifier) => ({ file, specifier })));
}

/** `from '…'`, `import '…'` and `import('…')`. */
function specifiers(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

function target(file: string, specifier: string): string {
  return normalize(join(dirname(file), specifier));
}
