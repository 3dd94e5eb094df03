/** How a layer is named on the command line, and what is checked before it is written. */
import { type ConfigProblem, checkLayer, resolveConfig } from '../../shared/config/index.ts';
import type { JsonObject } from '../../shared/merge.ts';
import { forwardToItself } from '../forward-to-itself.ts';
import type { LayerAddress, Operator, Put } from '../operator.ts';
import { WrongUse } from './command.ts';

export const layerUsage = 'platform | organization SLUG | agent SLUG/NAME | number NUMBER';

/** Takes the layer off the front of the arguments. @throws WrongUse */
export function takeLayer(positionals: readonly string[]): { address: LayerAddress; rest: readonly string[] } {
  const [word, name, ...rest] = positionals;
  if (word === 'platform') return { address: { layer: 'platform' }, rest: positionals.slice(1) };
  if (word !== 'organization' && word !== 'agent' && word !== 'number')
    throw new WrongUse(`which layer: ${layerUsage}${word === undefined ? '' : `, not ${word}`}`);
  if (name === undefined) throw new WrongUse(`the name is missing: ${layerUsage}`);
  if (word === 'organization') return { address: { layer: word, organization: name }, rest };
  if (word === 'number') return { address: { layer: word, number: name }, rest };
  const at = name.indexOf('/');
  if (at < 1 || at === name.length - 1) throw new WrongUse(`an agent is named SLUG/NAME, not ${name}`);
  return { address: { layer: 'instance', organization: name.slice(0, at), agent: name.slice(at + 1) }, rest };
}

export function nameOfLayer(address: LayerAddress): string {
  switch (address.layer) {
    case 'platform':
      return 'platform';
    case 'organization':
      return `organization ${address.organization}`;
    case 'instance':
      return `agent ${address.organization}/${address.agent}`;
    case 'number':
      return `number ${address.number}`;
  }
}

/** By itself, and where it is known what it lies over, over that. */
export async function checkBeforeWriting(
  address: LayerAddress,
  config: JsonObject,
  operator: Operator,
): Promise<readonly ConfigProblem[]> {
  const own = [
    ...checkLayer(address.layer, config),
    ...forwardToItself(config, address.layer === 'number' ? address.number : null),
  ];
  if (own.length > 0) return own;
  const below = await layersBelow(address, operator);
  if (below === undefined) return [];
  const { organization, instance } = below;
  const platform = await writtenOn({ layer: 'platform' }, operator);
  const whole = {
    platform,
    organization: await writtenOn(organization, operator),
    instance: instance === undefined ? config : await writtenOn(instance, operator),
    number: instance === undefined ? {} : config,
  };
  const resolved = resolveConfig(whole);
  return resolved.outcome === 'invalid' ? resolved.problems : [];
}

/** Undefined: it lies below others, or nobody says over which agent. */
async function layersBelow(address: LayerAddress, operator: Operator) {
  if (address.layer === 'platform' || address.layer === 'organization') return undefined;
  if (address.layer === 'instance')
    return {
      organization: { layer: 'organization', organization: address.organization } as const,
      instance: undefined,
    };
  const [number] = await operator.numbers([address.number]);
  if (number?.organization == null || number.agent === null) return undefined;
  const { organization, agent } = number;
  return {
    organization: { layer: 'organization', organization } as const,
    instance: { layer: 'instance', organization, agent } as const,
  };
}

async function writtenOn(address: LayerAddress, operator: Operator): Promise<JsonObject> {
  return (await operator.written(address))?.config ?? {};
}

/** An organisation, agent or number that is not there is not made by saving: that is what an import does. */
export async function writeLayer(address: LayerAddress, config: JsonObject, operator: Operator): Promise<Put> {
  switch (address.layer) {
    case 'platform':
      return operator.putPlatform(config);
    case 'organization':
      return operator.putOrganization(address.organization, { config });
    case 'instance':
      return operator.putAgent(address.organization, address.agent, { config });
    case 'number': {
      const [number] = await operator.numbers([address.number]);
      if (number?.organization == null) throw new Error(`${address.number} is nobody's number`);
      const { organization, agent } = number;
      return operator.putNumber({ organization, number: address.number, agent, override: config });
    }
  }
}
