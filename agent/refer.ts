/** LiveKit's SIP API, as far as a caller is put through with it: their exchange gets a REFER and calls somebody else. */
import { SipClient, TwirpError } from 'livekit-server-sdk';
import type { DestinationUri } from '../shared/destination.ts';
import { coerceError, DeadlinePassed, withDeadline } from '../shared/faults.ts';
import type { RoomName } from '../shared/ids.ts';
import type { ServerAccess } from './worker-protocol.ts';

export interface Transfers {
  /**
   * Has the caller's exchange call somebody else, and waits until they answer or do not; meanwhile the caller hears ringing
   * in place of the room. Never throws.
   *
   * @param ringingS how long the other telephone may ring; left out: 30 s
   */
  refer(room: RoomName, caller: string, to: DestinationUri, ringingS?: number): Promise<Referred>;
}

export type Referred =
  | { readonly outcome: 'connected' }
  /** @param cause what LiveKit said, with the exchange's SIP status where it gave one */
  | { readonly outcome: 'busy' | 'no_answer' | 'refused' | 'unreachable' | 'failed'; readonly cause: Error };

/** As long as a telephone rings before people give up. */
const patientRingingS = 30;
/** LiveKit itself ends the waiting after the ringing; this is for a LiveKit that does not answer. */
const answerGraceS = 5;

/** The token of each request is good for this one room and for SIP calls. */
export function openTransfers(server: ServerAccess): Transfers {
  const client = new SipClient(server.url.replace(/^ws/, 'http'), server.apiKey, server.apiSecret);
  return {
    async refer(room, caller, to, ringingS = patientRingingS) {
      const options = { playDialtone: true, ringingTimeout: ringingS };
      try {
        const work = client.transferSipParticipant(room, caller, to, options);
        await withDeadline('the transfer', (ringingS + answerGraceS) * 1_000, work);
        return { outcome: 'connected' };
      } catch (thrown) {
        return { outcome: outcomeOf(thrown), cause: coerceError(thrown) };
      }
    },
  };
}

/** @param thrown by the SDK */
export function outcomeOf(thrown: unknown): Exclude<Referred['outcome'], 'connected'> {
  if (thrown instanceof DeadlinePassed) return 'no_answer';
  if (!(thrown instanceof TwirpError)) return 'failed';
  const status = Number(thrown.metadata?.['sip_status_code']);
  if (Number.isInteger(status)) return outcomeOfStatus(status);
  // Nobody answered in time: livekit-server gave up, or LiveKit SIP did and was the faster one to say so.
  return thrown.code === 'deadline_exceeded' || thrown.code === 'canceled' ? 'no_answer' : 'failed';
}

function outcomeOfStatus(status: number): Exclude<Referred['outcome'], 'connected'> {
  switch (status) {
    case 486:
    case 600:
      return 'busy';
    case 408:
    case 480:
    case 487:
    case 504:
      return 'no_answer';
    case 401:
    case 403:
    case 405:
    case 407:
    case 501:
    case 603:
    case 607:
    case 608:
      return 'refused';
    case 404:
    case 410:
    case 484:
    case 502:
    case 503:
    case 604:
      return 'unreachable';
    default:
      return 'failed';
  }
}
