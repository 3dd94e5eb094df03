import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test.each(['once it has noticed', 'before it has noticed'])(
  'a shard whose supervisor died lives on with its calls when it has something to say %s (R6.3)',
  async (when) => {
    const child = fork(fileURLToPath(new URL('./orphan.ts', import.meta.url)), [when], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    await once(child, 'message');
    child.send('go', () => child.disconnect());
    expect(await once(child, 'exit')).toEqual([0, null]);
  },
);
