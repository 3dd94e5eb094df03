import type { ApologyParts, Failed } from './apologise.ts';
import { transferTo } from './transfer.ts';
import { takeVoicemail } from './voicemail.ts';

/** What follows the apology, as the business wants it. Returns when the call is to end. */
export async function followApology({ call, config }: ApologyParts, failed: Failed): Promise<void> {
  const { action, transfer_to } = config.apology;
  switch (action) {
    case 'end':
      return;
    case 'message':
      // Nobody could write it down.
      if (failed !== 'ears') await takeVoicemail(call);
      return;
    case 'transfer': {
      const destination = config.tools.transfer.destinations.find(({ id, enabled }) => enabled && id === transfer_to);
      // Connected or not, nothing more can be done for the caller: the outcome is on record.
      if (destination !== undefined) await transferTo(call, destination);
    }
  }
}
