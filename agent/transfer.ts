/**
 * Puts a caller through to somebody else, with or without a model that asks for it: LiveKit SIP sends the caller's exchange
 * a REFER. Connected, the call ends here as `transferred`; otherwise it goes on as if nothing had been tried.
 */
import type { voice } from '@livekit/agents';
import type { TransferOutcome } from '../shared/call-record.ts';
import type { Destination } from '../shared/config/tools.ts';
import { parseDestinationUri } from '../shared/destination.ts';
import { untilHeard } from './last-words.ts';
import type { Call } from './open-call.ts';

/** What of a call a transfer needs. */
export interface TransferableCall extends Pick<Call, 'identity' | 'platform' | 'ends' | 'record' | 'activity' | 'log'> {
  readonly caller: { readonly identity: string };
  readonly session: () => Pick<voice.AgentSession, 'pauseReplyAuthorization' | 'resumeReplyAuthorization'>;
}

/** `under_way`: the caller is being put through already, and this second wish was not acted on. */
export type Transferred = { readonly outcome: TransferOutcome | 'under_way' };

/**
 * Says nothing to the caller: whoever asks has announced it. Until it is decided the agent is silent, and a caller who leaves
 * decides nothing.
 *
 * LiveKit SIP also says "connected" of a caller who hung up after the exchange had agreed: most exchanges end our side of
 * the call by themselves when they take it over, and the two look alike from here.
 *
 * @throws when the destination's address is malformed, which a checked configuration has not
 */
export async function transferTo(call: TransferableCall, destination: Destination): Promise<Transferred> {
  const { ends, activity, log } = call;
  const parsed = parseDestinationUri(destination.uri);
  if (parsed.kind === 'malformed') throw new Error(`${destination.id} has no usable address: ${parsed.problem}`);
  if (ends.puttingThrough) return { outcome: 'under_way' };
  const { identity, platform, caller, record } = call;

  const referring = () =>
    ends.whilePuttingThrough(async () => {
      await untilHeard();
      const referred = await platform.transfers.refer(identity.room, caller.identity, parsed.uri);
      const isGone = referred.outcome !== 'connected' && ends.callerIsGone;
      const outcome = isGone ? 'caller_left' : referred.outcome;
      record.addTransfer({ destination: destination.id, uri_kind: parsed.kind, outcome });
      const why = referred.outcome === 'connected' ? {} : { why: referred.cause.message };
      log.info({ destination: destination.id, outcome, ...why }, 'transfer');
      if (outcome === 'connected') ends.end('transferred');
      return outcome;
    });
  return { outcome: await activity.during(() => inSilence(call.session(), referring)) };
}

/** Whatever would be said meanwhile waits, and is not said at all when the call has ended. */
async function inSilence(
  session: ReturnType<TransferableCall['session']>,
  work: () => Promise<TransferOutcome>,
): Promise<TransferOutcome> {
  session.pauseReplyAuthorization();
  let outcome: TransferOutcome = 'failed';
  try {
    outcome = await work();
    return outcome;
  } finally {
    if (outcome !== 'connected' && outcome !== 'caller_left') session.resumeReplyAuthorization();
  }
}
