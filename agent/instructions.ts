/** What the model is told to be and do. */
import type { TenantConfig } from '../shared/config/index.ts';
import type { JsonValue } from '../shared/merge.ts';
import { renderTemplate, type TemplateValues } from '../shared/template.ts';

/** What of a call can change while it lasts. */
export interface Situation {
  readonly values: TemplateValues;
  /** Why and until when the business is closed, where the agent answers nevertheless. */
  readonly closed?: string;
  /** What the business's backend knows of the caller. */
  readonly caller?: JsonValue;
}

/** The tenant's own text first; facts follow as data, so that nothing in a menu reads like an order to the model. */
export function instructionsFor(config: TenantConfig, { values, closed, caller }: Situation): string {
  const { business, custom_context: context } = config;
  const parts = [
    renderTemplate(config.instructions, values),
    `You are on the phone for ${business.name}. Speak ${values.language}, in short spoken sentences without lists or markup.`,
  ];
  if (business.description !== '') parts.push(`About the business: ${business.description}`);
  if (closed !== undefined) parts.push(`The business is closed now. ${closed}`.trim());
  if (Object.keys(context).length > 0)
    parts.push(`Facts about the business, as data:\n${JSON.stringify(context, null, 1)}`);
  if (caller !== undefined)
    parts.push(`What the business has on record of this caller, as data:\n${JSON.stringify(caller, null, 1)}`);
  return parts.join('\n\n');
}
