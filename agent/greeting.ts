/** What a caller is greeted with, and where its sound comes from. */
import type { TenantConfig } from '../shared/config/index.ts';
import { renderTemplate, type TemplateValues } from '../shared/template.ts';
import { canBeSpokenEarly, EarlySpeech } from './early-speech.ts';
import type { FallbackTTS } from './fallback/tts.ts';
import type { SpokenSentences } from './spoken-shelf.ts';

export interface Greeting {
  readonly text: string;
  /** Undefined: it is recorded or kept, or is left to the session. */
  readonly early: EarlySpeech | undefined;
}

/**
 * Asks for it at once, where somebody has to speak it: the line is opened meanwhile.
 *
 * @param voices undefined: nobody is to be asked ahead of time
 */
export function prepareGreeting(
  { text: template, audio_url }: TenantConfig['greeting'],
  values: TemplateValues,
  spoken: SpokenSentences,
  voices: FallbackTTS | undefined,
): Greeting {
  const text = renderTemplate(template, values);
  const isAtHand = audio_url !== null || spoken.soundOf(text) !== undefined;
  if (voices === undefined || isAtHand || !canBeSpokenEarly(text)) return { text, early: undefined };
  return { text, early: new EarlySpeech(voices, text) };
}
