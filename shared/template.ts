/**
 * Texts with placeholders, such as `{{business_name}}`. Everything that is filled in is data: it is looked at once, so a
 * placeholder inside of a value stays text, and a caller's number cannot bring one along.
 */
import { nearest } from './config/nearest.ts';
import type { JsonObject, JsonValue } from './merge.ts';

export const placeholders = [
  'business_name',
  'caller_number',
  'called_number',
  'local_time',
  'local_date',
  'language',
] as const;
export type Placeholder = (typeof placeholders)[number];

export type TemplateValues = Readonly<Record<Placeholder, string>> & {
  readonly custom_context: JsonObject;
  /** Of the destination, in the sentence before a transfer. */
  readonly label?: string;
};

/** What a text may name, beside what every text may. */
export interface TemplateScope {
  readonly customContext: JsonObject;
  readonly label: boolean;
}

const placeholder = /\{\{([^{}]*)\}\}/g;
const context = 'custom_context';

/** What cannot be filled in is left out: checkTemplate() has refused it when the text was saved. */
export function renderTemplate(text: string, values: TemplateValues): string {
  return text.replaceAll(placeholder, (_all, inside: string) => valueFor(inside.trim(), values));
}

/** @returns a sentence for each placeholder that cannot be filled in */
export function checkTemplate(text: string, scope: TemplateScope): string[] {
  const known = [...placeholders, ...(scope.label ? ['label'] : [])];
  return [...text.matchAll(placeholder)].flatMap(([all, inside = '']) => {
    const name = inside.trim();
    if (known.includes(name)) return [];
    if (!isInContext(name)) return [unknown(all, name, known)];
    if (at(scope.customContext, name) !== undefined) return [];
    return [`${all} names something that ${context} does not have`];
  });
}

function unknown(written: string, name: string, known: readonly string[]): string {
  const meant = nearest(name, [...known, context]);
  if (meant === undefined)
    return `there is no ${written}; there are ${known.map(quoted).join(', ')} and {{${context}.KEY}}`;
  return `there is no ${written}: did you mean ${quoted(meant === context ? `${context}.KEY` : meant)}?`;
}

const quoted = (name: string) => `{{${name}}}`;

function valueFor(name: string, values: TemplateValues): string {
  if (isInContext(name)) return spoken(at(values.custom_context, name));
  const found = Object.hasOwn(values, name) ? values[name as Placeholder | 'label'] : undefined;
  return typeof found === 'string' ? found : '';
}

function isInContext(name: string): boolean {
  return name.startsWith(`${context}.`);
}

/** Follows `custom_context.KEY.SUB`; a step into a list is its index from 0. */
function at(contextValue: JsonObject, name: string): JsonValue | undefined {
  let found: JsonValue | undefined = contextValue;
  for (const step of name.split('.').slice(1)) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = (found as JsonObject)[step];
  }
  return found;
}

function spoken(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
