import { isObject, type JsonObject, type JsonValue } from '../merge.ts';
import { phrasesFor } from './phrases.ts';
import { tenantConfigSchema } from './schema.ts';

/** What holds when nobody says otherwise: the defaults of the schema, in the agent's language and the organisation's name. */
export function builtIn(language: string, organizationName: string): JsonObject {
  const words = phrasesFor(language);
  return overlay(defaults, {
    language,
    business: organizationName === '' ? {} : { name: organizationName },
    greeting: { text: words.greeting },
    apology: { text: words.apology },
    turn: { silence_prompt: words.silencePrompt },
    tools: { transfer: { handoff: words.handoff } },
    backend: { filler: words.filler },
    hours: { closed: { text: words.closed } },
    recording: { consent: words.consent },
  });
}

/** Nullable fields are left out: null is what they are without anybody's word. */
const defaults = tenantConfigSchema.parse({}) as unknown as JsonObject;

function overlay(below: JsonObject, above: JsonObject): JsonObject {
  const entries = Object.entries(above).map(([key, value]): [string, JsonValue] => {
    const base = below[key];
    return [key, isObject(value) && isObject(base) ? overlay(base, value) : value];
  });
  return { ...below, ...Object.fromEntries(entries) };
}
