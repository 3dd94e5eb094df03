/** npm run docs: writes the files that come from code. */
import { writeFileSync } from 'node:fs';
import { pages } from './docs/pages.ts';

for (const { path, text } of pages()) {
  writeFileSync(path, text);
  process.stdout.write(`wrote ${path}\n`);
}
