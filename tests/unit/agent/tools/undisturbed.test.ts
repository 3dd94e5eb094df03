import type { voice } from '@livekit/agents';
import { expect, test } from 'vitest';
import { undisturbed } from '../../../../agent/tools/undisturbed.ts';

function contextOf(speech: { allowInterruptions: boolean; interrupted: boolean }): voice.RunContext {
  return { speechHandle: speech } as unknown as voice.RunContext;
}

test('what must not be done twice is not interrupted; what the agent says afterwards is again (R4.5)', async () => {
  const speech = { allowInterruptions: true, interrupted: false };
  const during = await undisturbed(contextOf(speech), async () => speech.allowInterruptions);
  expect(during).toBe(false);
  expect(speech.allowInterruptions).toBe(true);
  await expect(undisturbed(contextOf(speech), () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(speech.allowInterruptions).toBe(true);
});

test('an answer that nobody may interrupt stays so (R4.5)', async () => {
  const speech = { allowInterruptions: false, interrupted: false };
  await undisturbed(contextOf(speech), async () => undefined);
  expect(speech.allowInterruptions).toBe(false);
});
