/** The commands of `dispatch`: as the program in a process of its own, and as the same code in this one, which is quicker. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { repository } from '../../dev/stack/program.ts';
import { machineEnv } from '../../dev/stack/surroundings.ts';
import { runCommand } from '../../dispatch/commands/index.ts';

export interface CommandRun {
  readonly code: number | null;
  readonly out: string;
  readonly problem: string;
}

export interface CommandOptions {
  /** Folder it runs in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** What is piped in. */
  readonly input?: string;
}

const longestMs = 30_000;

export async function runHere(args: readonly string[], { env, input = '' }: CommandOptions): Promise<CommandRun> {
  const said = { out: '', problem: '' };
  const code = await runCommand(args, {
    environment: env,
    say: (text) => {
      said.out += `${text}\n`;
    },
    tell: (text) => {
      said.problem += `${text}\n`;
    },
    input: async () => input,
  });
  return { code, ...said };
}

export function runDispatch(args: readonly string[], { cwd, env, input = '' }: CommandOptions): Promise<CommandRun> {
  const command = ['--import', import.meta.resolve('tsx'), join(repository, 'dispatch', 'main.ts'), ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, { cwd, env: { ...machineEnv(), ...env }, timeout: longestMs });
    const said = { out: '', problem: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.problem += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...said }));
    child.stdin.end(input);
  });
}
