import type { ApologyParts, Failed } from './apologise.ts';
import { transferTo } from './transfer.ts';

/** What follows the apology, as the business wants it. Returns when the call is to end. */
export async function followApology({ call, config }: ApologyParts, failed: Failed): Promise<void> {
  const { action, transfer_to } = config.apology;
  switch (action) {
    case 'end':
      return;
    case 'message':
      call.log.warn({ failed }, 'the caller cannot leave a message yet: the call ends');
      return;
    case 'transfer': {
      const destination = config.tools.transfer.destinations.find(({ id, enabled }) => enabled && id === transfer_to);
      // Connected or not, nothing more can be done for the caller: the outcome is on record.
      if (destination !== undefined) await transferTo(call, destination);
    }
  }
}
