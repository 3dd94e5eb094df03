/** The commands of the `dispatch` program, and how each of them ends. */
import { coerceError } from '../../shared/faults.ts';
import { type Command, exitCodes, type Terminal, WrongUse } from './command.ts';

export const usage = `dispatch: admits each call and finds it an agent.

  dispatch start            takes LiveKit's webhooks until it is stopped
  dispatch provision        makes LiveKit's SIP trunk and rule what SIP_TRUNK_FILE says
  dispatch import-did DIR   makes a directory of {DID}.json files organisations, agents and numbers
  dispatch any-number       has calls to numbers that nobody has answered, or not
  dispatch config           saves, compares and rolls back what agents are
  dispatch keys             stores provider keys, and seals them anew when their secret is changed
  dispatch calls            shows the calls on the line, and ends one
  dispatch breakers         shows whose calls keep failing and are turned away, and lets them in again
  dispatch workers          shows the processes that hold calls
  dispatch pools            shows, makes and limits pools of workers, and says who is served by which
  dispatch token            prints a database token for a service or for these commands
  dispatch COMMAND --help   tells more

Settings are environment variables or lines of .env in this folder; .env.example names them all.
Exit code: 0 done, 1 it could not be done, 2 it was asked for in a wrong way.`;

/** Loaded when asked for: a command that reads a file does not wait for the HTTP server's code. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).start,
  provision: async () => (await import('./provision.ts')).provision,
  'import-did': async () => (await import('./import-did.ts')).importDid,
  'any-number': async () => (await import('./any-number.ts')).anyNumber,
  config: async () => (await import('./config.ts')).config,
  keys: async () => (await import('./keys.ts')).keys,
  calls: async () => (await import('./calls.ts')).calls,
  breakers: async () => (await import('./breakers.ts')).breakers,
  workers: async () => (await import('./workers.ts')).workers,
  pools: async () => (await import('./pools.ts')).pools,
  token: async () => (await import('./token.ts')).token,
};

/** @returns the exit code */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<0 | 1 | 2> {
  try {
    return await run(args, terminal);
  } catch (thrown) {
    const error = coerceError(thrown);
    terminal.tell(`dispatch: ${error.message}`);
    return error instanceof WrongUse ? exitCodes.wrongUse : exitCodes.failed;
  }
}

async function run([name, ...args]: readonly string[], terminal: Terminal): Promise<0 | 1> {
  if (name === undefined || name === '--help' || name === '-h') {
    terminal.say(usage);
    return exitCodes.done;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) throw new WrongUse(`no such command: ${name}`);
  const command = await load();
  if (!args.includes('--help') && !args.includes('-h')) return command.run(args, terminal);
  terminal.say(command.usage);
  return exitCodes.done;
}
