import { llm } from '@livekit/agents';
import { z } from 'zod';
import { goOnIn } from '../languages.ts';
import { languageName } from '../template-values.ts';
import type { CallTool, ToolContext } from './tool.ts';

/** For callers who speak another of the business's languages. */
export const switchLanguage: CallTool = {
  offered: ({ tools, languages }) => tools.switch_language.enabled && languages.length > 0,
  make: (context) => [switchLanguageTool(context)],
};

function switchLanguageTool(context: ToolContext) {
  const { config } = context;
  const languages = [...new Set([config.language, ...config.languages])];
  const named = languages.map((code) => `${code} (${languageName(code)})`).join(', ');
  return llm.tool({
    name: 'switch_language',
    description:
      `Goes on in another language, which the caller speaks or asks for: ${named}. Without it the caller is not ` +
      'understood. You can only use these languages.',
    parameters: z.object({ language: z.enum(languages).describe('Code of the language.') }),
    onDuplicate: 'reject',
    execute: async ({ language }) => {
      const switched = await goOnIn(language, context);
      if (switched.outcome === 'unable') return `${switched.sentence} Stay in the language you speak, and say so.`;
      return `From now on you hear and speak ${languageName(language)}. Answer the caller in it.`;
    },
  });
}
