import { llm, voice } from '@livekit/agents';
import { z } from 'zod';
import type { PressedDigits } from '../keypad.ts';
import type { CallTool, ToolContext } from './tool.ts';

const parameters = z.object({
  ask: z
    .string()
    .trim()
    .max(300)
    .default('')
    .describe('What the caller is told to press, in full. Empty: you have just told them.'),
  count: z.int().min(1).max(32).describe('How many digits at most.'),
  terminator: z.enum(['#', '*', 'none']).default('#').describe('Key that ends the input before.'),
  timeout_s: z.int().min(2).max(60).default(10).describe('Longest wait for a key, in seconds.'),
});

/** A number that is pressed is understood without fail, and not heard by whoever stands beside the caller. */
export const collectDigits: CallTool = {
  offered: ({ tools }) => tools.collect_digits.enabled,
  make: (context) => [collectDigitsTool(context)],
};

function collectDigitsTool({ keypad, log }: ToolContext) {
  return llm.tool({
    name: 'collect_digits',
    description:
      'Waits for the caller to press digits on the keypad of their phone, for numbers that are long or private. ' +
      'Answers with what they pressed.',
    parameters,
    onDuplicate: 'reject',
    execute: async ({ ask, count, terminator, timeout_s }, { ctx }) => {
      const asked = ask === '' ? ctx.waitForPlayout() : ctx.session.say(ask).waitForPlayout();
      const wanted = {
        count,
        terminator: terminator === 'none' ? null : terminator,
        timeoutMs: timeout_s * 1000,
        asked,
      };
      const pressed = await whileCallerIsQuiet(ctx.session, keypad.collect(wanted), () => keypad.stopCollecting());
      log.info({ ended: pressed.ended, count: pressed.digits.length, pii: { digits: pressed.digits } }, 'keys pressed');
      return told(pressed, count);
    },
  });
}

/** A caller who answers in words is answered in words, at once. */
async function whileCallerIsQuiet<T>(session: voice.AgentSession, work: Promise<T>, stop: () => void): Promise<T> {
  const onWords = ({ isFinal }: voice.UserInputTranscribedEvent) => {
    if (isFinal) stop();
  };
  session.on(voice.AgentSessionEventTypes.UserInputTranscribed, onWords);
  try {
    return await work;
  } finally {
    session.off(voice.AgentSessionEventTypes.UserInputTranscribed, onWords);
  }
}

function told({ digits, ended }: PressedDigits, count: number): string {
  const what = digits === '' ? 'Nothing was pressed' : `Pressed: ${digits}`;
  switch (ended) {
    case 'complete':
    case 'terminator':
      return `${what}.`;
    case 'timeout':
      return `${what}; then no key for too long (${digits.length} of ${count}).`;
    case 'left':
      return `${what}; the caller spoke instead. Answer what they say.`;
  }
}
