/** Which versions of the libraries the patches were written for. With any other one a patch is left out, with a warning. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';

export const patchedVersions = {
  '@livekit/rtc-node': '0.13.35',
  '@livekit/agents': '1.9.0',
} as const;
export type PatchedLibrary = keyof typeof patchedVersions;

const packageSchema = z.object({ name: z.string(), version: z.string() });

/** The version in node_modules, read without loading the library. */
export function installedVersion(library: PatchedLibrary): string {
  for (let folder = dirname(createRequire(import.meta.url).resolve(library)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) {
      const parsed = packageSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
      if (parsed.success && parsed.data.name === library) return parsed.data.version;
    }
    if (dirname(folder) === folder) throw new Error(`${library} is not installed`);
  }
}
