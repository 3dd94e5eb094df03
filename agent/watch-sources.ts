import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Logger } from '../shared/log.ts';

/** Editors write a file in several steps, and a branch switch writes many. */
const settleMs = 300;

/** Calls `onChange` when a source in these folders changes. */
export function watchSources(folders: readonly string[], onChange: () => void, log: Logger): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, file) => {
      if (file === null || !/\.[jt]s$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        log.info({ file: `${basename(folder)}/${file}` }, 'source changed: shards are replaced');
        onChange();
      }, settleMs);
    }),
  );
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
