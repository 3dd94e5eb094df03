import { llm } from '@livekit/agents';
import { hoursAt } from '../../shared/hours.ts';
import type { CallTool, ToolContext } from './tool.ts';

const nextHolidays = 5;

/** Opening hours as they are at this moment, which a model should not work out by itself. */
export const businessHours: CallTool = {
  offered: ({ tools }) => tools.business_hours.enabled,
  make: (context) => [businessHoursTool(context)],
};

function businessHoursTool({ config, platform }: ToolContext) {
  const { hours, business } = config;
  return llm.tool({
    name: 'business_hours',
    description:
      'Tells whether the business is open now, when it closes or opens next, its weekly hours and its next holidays. Use ' +
      'it whenever a caller asks about opening times. Times are local.',
    execute: async () => {
      const now = platform.clock.now();
      const today = new Intl.DateTimeFormat('sv-SE', { timeZone: business.timezone }).format(now);
      const { open, ...next } = hoursAt(hours, business.timezone, now);
      return {
        open_now: open,
        ...next,
        today,
        weekly: hours.weekly ?? 'always open',
        holidays: hours.holidays.filter(({ date }) => date >= today).slice(0, nextHolidays),
      };
    },
  });
}
