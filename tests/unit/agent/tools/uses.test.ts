import { llm } from '@livekit/agents';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { ToolUses } from '../../../../agent/tools/uses.ts';
import { openToolWorld, outputsOf } from './tool-world.ts';

test('a call uses its tools as often as its business allows, then the model is told; hanging up still works (R4.4)', async () => {
  const world = await openToolWorld({
    config: { tools: { business_hours: { enabled: true } }, limits: { tool_calls: 1 } },
    responses: [
      { input: 'Open?', toolCalls: [{ name: 'business_hours', args: {} }] },
      { input: 'Bye', toolCalls: [{ name: 'end_call', args: {} }] },
    ],
  });
  const first = outputsOf(await world.run('Open?'));
  const second = outputsOf(await world.run('Open?'));
  const goodbye = outputsOf(await world.run('Bye'));
  await world.close();
  expect(first).toEqual([expect.objectContaining({ open_now: true })]);
  expect(second).toEqual([expect.stringMatching(/^No tool can be used any more/)]);
  expect(goodbye).toEqual([expect.stringMatching(/goodbye/)]);
});

test('a tool that breaks is a line in the log and an honest sentence to the model, without the fault’s own words (R4.4)', async () => {
  const world = await openToolWorld({ config: {}, responses: [] });
  const breaks = llm.tool({
    name: 'breaks',
    description: 'Breaks.',
    execute: async () => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.7:5432')),
  });
  const watched = new ToolUses(5, world.context).watch(breaks, true);
  if (!llm.isFunctionTool(watched)) throw new Error('no tool any more');
  const told = await watched.execute({}, {} as never);
  await world.close();
  expect(told).toMatch(/fault on our side/);
  expect(told).not.toContain('10.0.0.7');
  expect(world.context.activity.busy).toBe(false);
  expect(world.lines).toContainEqual(expect.objectContaining({ level: 50, tool: 'breaks', msg: 'a tool failed' }));
});

test('whoever watches for a mute agent sees that a tool is at work (R4.2)', async () => {
  const seen: boolean[] = [];
  const world = await openToolWorld({ config: {}, responses: [] });
  world.context.activity.onChange((busy) => seen.push(busy));
  const slow = llm.tool({ name: 'slow', description: 'Is slow.', execute: async () => world.context.activity.busy });
  const watched = new ToolUses(5, { activity: world.context.activity, log: pino({ level: 'silent' }) }).watch(
    slow,
    true,
  );
  if (!llm.isFunctionTool(watched)) throw new Error('no tool any more');
  expect(await watched.execute({}, {} as never)).toBe(true);
  await world.close();
  expect(seen).toEqual([true, false]);
});
