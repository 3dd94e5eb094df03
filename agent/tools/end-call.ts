import { llm } from '@livekit/agents';
import { withDeadline } from '../../shared/faults.ts';
import type { CallEnds } from '../ends.ts';
import type { CallTool } from './tool.ts';

const goodbyeDeadlineMs = 15_000;

/** Lets the agent hang up politely: the model says goodbye, and the call ends when that was heard. */
export const endCall: CallTool = {
  offered: ({ tools }) => tools.end_call.enabled,
  make: ({ ends }) => [endCallTool(ends)],
  unlimited: true,
};

function endCallTool(ends: CallEnds): llm.FunctionTool<Record<string, never>> {
  return llm.tool({
    name: 'end_call',
    description:
      'Ends the phone call. Use it when the caller says goodbye or clearly wants nothing more. Never use it because a ' +
      'request is unclear, or while the caller waits for something.',
    execute: async (_none, { ctx }) => {
      ctx.speechHandle.addDoneCallback(() => {
        // The goodbye is a speech of its own, which begins after this one is done.
        const goodbye = withDeadline('the goodbye', goodbyeDeadlineMs, ctx.session.waitForIdle());
        const hangUp = () => void ends.end('agent_hung_up');
        goodbye.then(hangUp, hangUp);
      });
      return 'Say one short goodbye. The line is closed right after it.';
    },
  });
}
