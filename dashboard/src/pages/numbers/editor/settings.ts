/** Which settings stand on which tab; a message of the server finds its place by the path. */

import type { FieldMessage } from '../../../api/configs.ts';
import type { Words } from '../../../words/en.ts';

export type SettingsTab = Exclude<keyof Words['editorWords']['tabs'], 'versions'>;

const settingPaths = {
  greeting: ['greeting.text', 'language'],
  instructions: ['instructions'],
  hours: [
    'business.timezone',
    'hours.weekly',
    'hours.holidays',
    'hours.closed.action',
    'hours.closed.text',
    'hours.closed.forward_to',
  ],
  busy: ['refusal.action', 'refusal.to', 'refusal.audio_url', 'refusal.most_at_once'],
  voice: [
    'mode',
    'stt.provider',
    'stt.model',
    'llm.provider',
    'llm.model',
    'tts.provider',
    'tts.model',
    'tts.voice',
    'realtime.provider',
    'realtime.model',
    'realtime.voice',
  ],
  recording: ['recording.enabled', 'recording.consent', 'recording.retention_days'],
} as const satisfies Record<SettingsTab, readonly string[]>;

export function isAbout({ path }: FieldMessage, setting: string): boolean {
  return path === setting || path.startsWith(`${setting}.`);
}

export function countOn(tab: SettingsTab, messages: readonly FieldMessage[]): number {
  return messages.filter((message) => settingPaths[tab].some((path) => isAbout(message, path))).length;
}

/** Those for which there is no field here. */
export function withoutField(messages: readonly FieldMessage[]): FieldMessage[] {
  const shown = Object.values(settingPaths).flat();
  return messages.filter((message) => !shown.some((path) => isAbout(message, path)));
}
