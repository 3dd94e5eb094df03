#!/usr/bin/env node
/** The `dispatch` program. */
import { processEnvironment } from '../shared/env.ts';
import { runCommand } from './commands/index.ts';

process.exitCode = await runCommand(process.argv.slice(2), {
  environment: processEnvironment(),
  say: (text) => void process.stdout.write(`${text}\n`),
  tell: (text) => void process.stderr.write(`${text}\n`),
  async input() {
    process.stdin.setEncoding('utf8');
    let text = '';
    for await (const part of process.stdin) text += part;
    return text;
  },
});
