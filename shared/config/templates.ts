/** Whether the placeholders of the texts can be filled in, which only the whole configuration shows. */
import { checkTemplate } from '../template.ts';
import type { TenantConfig } from './schema.ts';

export function checkTemplates(config: TenantConfig): { path: string; message: string }[] {
  const { custom_context: customContext, greeting, hours, tools } = config;
  const texts = [
    { path: 'instructions', text: config.instructions, label: false },
    { path: 'greeting.text', text: greeting.text, label: false },
    { path: 'hours.closed.text', text: hours.closed.text, label: false },
    { path: 'tools.transfer.handoff', text: tools.transfer.handoff, label: true },
  ];
  return texts.flatMap(({ path, text, label }) =>
    checkTemplate(text, { customContext, label }).map((message) => ({ path, message })),
  );
}
