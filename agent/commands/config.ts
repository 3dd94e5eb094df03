/** `agent config …`: what a number's agent is, and whether what somebody wrote would work. */
import { parseArgs } from 'node:util';
import { type LayerName, layerNames } from '../../shared/config/index.ts';
import { coerceError } from '../../shared/faults.ts';
import { type Command, notDone } from './command.ts';
import { checkConfig } from './config-check.ts';
import { showConfig } from './config-show.ts';

const usage = `Usage: agent config show <number> [--json]
       agent config check <file or number> [--layer <name>] [--number <number>] [--probe] [--json]

  show    prints the configuration that a call to the number would have: each field, its value, the layer that set it
  check   says what is wrong with a configuration: of a number, or in a JSON file

  A file alone is checked as a whole agent over the built-in layer. Options for files:
  --layer <name>     platform, organization, instance or number: the file is one layer and is checked by itself
  --number <number>  the file takes the place of that layer (instance, if none is named) of this number

  --probe            makes the smallest real request to each provider and fallback, with the keys of the number
  --json             for programs

Exit code: 0 all is well, 1 something is wrong with the configuration or a provider, 2 it could not be looked at.`;

export interface ConfigOptions {
  readonly layer: Exclude<LayerName, 'built-in'> | undefined;
  readonly number: string | undefined;
  readonly probe: boolean;
  readonly json: boolean;
}

export const config: Command = async (args, environment) => {
  const parsed = parse(args);
  if (typeof parsed === 'string') return notDone(`${parsed}\n\n${usage}`);
  const { verb, subject, help, options } = parsed;
  if (help) return { code: 0, text: usage };
  if (subject === undefined) return notDone(usage);
  if (verb === 'show') return showConfig(subject, options, environment);
  if (verb === 'check') return checkConfig(subject, options, environment);
  return notDone(usage);
};

/** A sentence: what is wrong with the arguments. */
function parse(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        layer: { type: 'string' },
        number: { type: 'string' },
        probe: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
    const [verb, subject, ...more] = positionals;
    const layer = layerNames.find((name) => name === values.layer);
    if (more.length > 0) return `what is ${more[0]}?`;
    if (values.layer !== undefined && (layer === undefined || layer === 'built-in'))
      return `there is no written layer ${values.layer}`;
    const written = layer === 'built-in' ? undefined : layer;
    const options: ConfigOptions = { layer: written, number: values.number, probe: values.probe, json: values.json };
    return { verb, subject, help: values.help ?? false, options };
  } catch (thrown) {
    if (thrown instanceof TypeError) return coerceError(thrown).message;
    throw thrown;
  }
}
