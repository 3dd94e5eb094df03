import { expect, test } from 'vitest';
import { openToolWorld, outputsOf } from './tool-world.ts';

const config = {
  business: { name: 'Studio Bianchi', timezone: 'Europe/Rome' },
  tools: { business_hours: { enabled: true } },
  hours: {
    weekly: { mon: [['09:00', '13:00']], tue: [['09:00', '13:00']] },
    holidays: [
      { date: '2026-11-02', name: 'Gone by' },
      { date: '2026-12-25', name: 'Christmas' },
    ],
  },
};
const responses = [{ input: 'Are you open?', toolCalls: [{ name: 'business_hours', args: {} }] }];

test('an agent that is asked for opening times knows those of this moment, the next one and the next holidays (R2.9)', async () => {
  const monday = await openToolWorld({ config, responses, nowMs: Date.UTC(2026, 10, 23, 9, 0) });
  const result = await monday.run('Are you open?');
  await monday.close();
  result.expect.nextEvent().isFunctionCall({ name: 'business_hours' });
  expect(outputsOf(result)).toEqual([
    {
      open_now: true,
      untilIso: '2026-11-23T13:00+01:00',
      today: '2026-11-23',
      weekly: expect.objectContaining({ mon: [['09:00', '13:00']], sun: [] }),
      holidays: [{ date: '2026-12-25', name: 'Christmas', open: [] }],
    },
  ]);

  const sunday = await openToolWorld({ config, responses, nowMs: Date.UTC(2026, 10, 22, 9, 0) });
  const [told] = outputsOf(await sunday.run('Are you open?'));
  await sunday.close();
  expect(told).toMatchObject({ open_now: false, opensIso: '2026-11-23T09:00+01:00' });
});
