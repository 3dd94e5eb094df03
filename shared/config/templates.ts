/** Whether the placeholders of the texts can be filled in, which only the whole configuration shows. */
import { checkTemplate } from '../template.ts';
import type { TenantConfig } from './schema.ts';

export function checkTemplates(config: TenantConfig): { path: string; message: string }[] {
  const { custom_context: customContext, greeting, hours, tools, apology } = config;
  const texts = [
    { path: 'instructions', text: config.instructions, label: false },
    { path: 'greeting.text', text: greeting.text, label: false },
    { path: 'apology.text', text: apology.text, label: false },
    { path: 'hours.closed.text', text: hours.closed.text, label: false },
    { path: 'tools.transfer.handoff', text: tools.transfer.handoff, label: true },
  ];
  const wrong = texts.flatMap(({ path, text, label }) =>
    checkTemplate(text, { customContext, label }).map((message) => ({ path, message })),
  );
  return [...wrong, ...checkPlain(config)];
}

function checkPlain({ turn, backend, recording }: TenantConfig): { path: string; message: string }[] {
  const texts = [
    { path: 'turn.silence_prompt', text: turn.silence_prompt },
    { path: 'backend.filler', text: backend.filler },
    { path: 'recording.consent', text: recording.consent },
  ];
  const message = 'nothing is filled in here: the placeholder would be read out';
  return texts.filter(({ text }) => text.includes('{{')).map(({ path }) => ({ path, message }));
}
