/**
 * Makes one file, and a few that it loads later, of the shard's program in dist/ and all the JavaScript that it uses. Some 1 500
 * files of libraries are found, read and compiled one by one otherwise, each time a shard starts: 1.4 s measured, 0.6 s so.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const folder = join('dist', 'agent');
const chunk = 'bundled-';

/** What is not JavaScript, or is patched where it lies before anybody loads it (agent/patches). */
const external = ['@livekit/rtc-ffi-bindings', '@livekit/local-inference', '@livekit/av'];

/** CommonJS libraries ask for these wherever they are. */
const commonJs = [
  `import { createRequire as bundledRequire } from 'node:module';`,
  `import { fileURLToPath as bundledPath } from 'node:url';`,
  `import { dirname as bundledFolder } from 'node:path';`,
  `const require = bundledRequire(import.meta.url);`,
  `const __filename = bundledPath(import.meta.url);`,
  `const __dirname = bundledFolder(__filename);`,
].join('\n');

for (const name of readdirSync(folder)) if (name.startsWith(chunk)) rmSync(join(folder, name));
// The map of the compiler's own file would lead astray.
rmSync(join(folder, 'shard-main.js.map'), { force: true });
await build({
  entryPoints: [join(folder, 'shard-main.js')],
  outdir: folder,
  allowOverwrite: true,
  chunkNames: `${chunk}[hash]`,
  bundle: true,
  // What is loaded later stays apart: the patches must come before the library that they change.
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  banner: { js: commonJs },
  external,
  // 18 MB of image codecs that @livekit/agents loads for pictures in a chat: a telephone sends none.
  alias: { sharp: './dev/setup/no-pictures.mjs' },
  logLevel: 'warning',
});
