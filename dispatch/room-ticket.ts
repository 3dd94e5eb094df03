/** The token of a telephone in a room: whoever joins with it is a caller, as LiveKit SIP would bring one. */
import { RoomConfiguration } from '@livekit/protocol';
import { AccessToken } from 'livekit-server-sdk';

export interface LiveKitKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
}

export interface RoomTicket {
  readonly room: string;
  readonly identity: string;
  readonly name?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly emptyTimeoutSeconds: number;
  readonly departureTimeoutSeconds: number;
}

export async function signTicket(
  { apiKey, apiSecret }: LiveKitKeys,
  ticket: RoomTicket,
  lifeS: number,
): Promise<string> {
  const { room, identity, name, attributes } = ticket;
  const token = new AccessToken(apiKey, apiSecret, {
    identity,
    attributes: { ...attributes },
    ttl: lifeS,
    ...(name !== undefined && { name }),
  });
  token.kind = 'sip';
  token.roomConfig = new RoomConfiguration({
    emptyTimeout: ticket.emptyTimeoutSeconds,
    departureTimeout: ticket.departureTimeoutSeconds,
  });
  token.addGrant({
    roomJoin: true,
    room,
    canPublish: true,
    canPublishData: true,
    canSubscribe: true,
    canUpdateOwnMetadata: true,
  });
  return await token.toJwt();
}
