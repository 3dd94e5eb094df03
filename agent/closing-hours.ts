/** What the hours of a business mean for a call at this moment. */
import type { TenantConfig } from '../shared/config/index.ts';
import { hoursAt } from '../shared/hours.ts';

/** What the agent does in a call: a business that is closed pays for no ears and no thoughts that it does not use. */
export type AgentPart = 'talks' | 'listens' | 'speaks';

export function agentPart(config: TenantConfig, nowMs: number): AgentPart {
  if (hoursAt(config.hours, config.business.timezone, nowMs).open) return 'talks';
  switch (config.hours.closed.action) {
    case 'answer':
      return 'talks';
    case 'refuse':
      // Admission refuses such calls. One that it let in came in the minute of closing, or could not be asked about.
      return 'talks';
    case 'message':
      return 'speaks';
    case 'voicemail':
      return 'listens';
    case 'forward':
      // Nobody may answer there; then the caller can leave a message, where somebody can write it down.
      return config.mode === 'realtime' ? 'speaks' : 'listens';
  }
}

/** Why and until when, for an agent that answers nevertheless; undefined while the business is open. */
export function closedNote({ hours, business, language }: TenantConfig, nowMs: number): string | undefined {
  const now = hoursAt(hours, business.timezone, nowMs);
  if (now.open) return undefined;
  const holiday = now.holiday === undefined ? '' : ` Today is a holiday: ${now.holiday}.`;
  if (now.opensIso === undefined) return holiday.trim();
  const format = { timeZone: business.timezone, dateStyle: 'full', timeStyle: 'short', hourCycle: 'h23' } as const;
  const opens = new Intl.DateTimeFormat(`${language}-u-ca-gregory-nu-latn`, format).format(Date.parse(now.opensIso));
  return `It opens again on ${opens}.${holiday}`;
}
