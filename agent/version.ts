import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const packageSchema = z.object({ version: z.string() });

/** Of this installation, as its package says: built code lies one folder deeper than its source. */
export function ownVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return packageSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).version;
    if (dirname(folder) === folder) throw new Error('no package.json above the code of the agent');
  }
}
