/** Whether this agent's providers can do what the rest of its configuration promises. */
import { checkChoice } from '../providers/index.ts';
import type { TenantConfig } from './schema.ts';

interface Found {
  readonly path: string;
  readonly message: string;
}

export function checkAbilities(config: TenantConfig): Found[] {
  return [...checkLanguages(config), ...checkVoicemail(config)];
}

/** A switch that fails in the call helps nobody: each of the languages needs somebody who hears and somebody who speaks it. */
function checkLanguages(config: TenantConfig): Found[] {
  if (config.mode === 'realtime' || !config.tools.switch_language.enabled) return [];
  return config.languages.flatMap((language, at) =>
    (['stt', 'tts'] as const).flatMap((kind) => {
      const { fallbacks, ...first } = config[kind];
      const able = [first, ...fallbacks].some((choice) => checkChoice(kind, choice, language).length === 0);
      return able
        ? []
        : [{ path: `languages.${at}`, message: `no ${kind} of this agent takes the language ${language}` }];
    }),
  );
}

function checkVoicemail({ mode, hours, apology }: TenantConfig): Found[] {
  if (mode !== 'realtime') return [];
  const wanted = [
    { path: 'hours.closed.action', wants: hours.closed.action === 'voicemail' },
    { path: 'apology.action', wants: apology.action === 'message' },
  ];
  const message = 'a message is written down by stt, which the mode realtime does not have';
  return wanted.filter(({ wants }) => wants).map(({ path }) => ({ path, message }));
}
