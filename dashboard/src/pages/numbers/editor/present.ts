/** What holds now, field by field, and which layer says it. */
import type { Effective, EffectiveField, LayerName } from '../../../api/configs.ts';
import type { JsonObject, JsonValue } from '../../../api/json.ts';
import { valueAt, withValue } from '../../../config/paths.ts';

interface Present {
  readonly value: JsonValue | undefined;
  /** Undefined: not known, as while it is read. */
  readonly layer: LayerName | undefined;
}

export class PresentConfig {
  readonly #fields: readonly EffectiveField[];
  readonly #all: JsonObject;
  readonly #inherited: JsonObject;

  constructor(effective: Effective | undefined) {
    this.#fields = effective?.outcome === 'usable' ? effective.fields : [];
    this.#all = treeOf(this.#fields.map(({ path, value }) => [path, value]));
    this.#inherited = treeOf(
      this.#fields.flatMap(({ path, value, layer, inherited }): [string, JsonValue][] => {
        if (layer !== 'number') return [[path, value]];
        return inherited === undefined ? [] : [[path, inherited]];
      }),
    );
  }

  at(path: string): Present {
    return { value: valueAt(this.#all, path), layer: this.#layerOf(path) };
  }

  /** What it would be if the number said nothing; undefined: not known. */
  inheritedAt(path: string): JsonValue | undefined {
    return valueAt(this.#inherited, path);
  }

  #layerOf(path: string): LayerName | undefined {
    const layers = this.#fields.filter((field) => field.path === path || field.path.startsWith(`${path}.`));
    return (layers.find(({ layer }) => layer === 'number') ?? layers[0])?.layer;
  }
}

function treeOf(leaves: readonly (readonly [path: string, value: JsonValue])[]): JsonObject {
  return leaves.reduce<JsonObject>((tree, [path, value]) => withValue(tree, path.split('.'), value), {});
}
