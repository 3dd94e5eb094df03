/** What dispatch asks of the LiveKit server. Every call has a deadline; a room that is not there is an answer. */
import { ParticipantInfo_Kind } from '@livekit/protocol';
import { ConstantBackoff, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { AgentDispatchClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import type { PoolName, RoomName } from '../shared/ids.ts';

export interface LivekitOptions {
  /** ws:// or http:// address of the server. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Longest wait for one request. */
  readonly deadlineMs: number;
}

/** Who is in a room, as the server knows it now. */
export interface Presence {
  readonly callerIn: boolean;
  readonly callerAudible: boolean;
  readonly agentIn: boolean;
}

export type RoomAnswer = 'done' | 'no_room';

export interface Livekit {
  setRoomMetadata(room: RoomName, metadata: string): Promise<RoomAnswer>;
  /** Asks for an agent of the pool. Creates the room when it is gone, so look for the caller before and after. */
  dispatchAgent(room: RoomName, pool: PoolName, metadata: string): Promise<void>;
  deleteRoom(room: RoomName): Promise<RoomAnswer>;
  /** Whether a replica has given the room its metadata, which is part of placing the call. */
  isPlaced(room: RoomName): Promise<boolean>;
  /** Empty: nobody has given it any, or it is gone. */
  roomMetadata(room: RoomName): Promise<string>;
  presence(room: RoomName, callerSid: string): Promise<Presence>;
  /** Resolves when the server answers a request that carries our key. */
  ping(): Promise<void>;
}

/** 4xx says that the request is wrong, and it stays wrong; a silent or failing server may be back in a moment. */
const transient = handleWhen((error) => !(error instanceof ServerError) || error.status >= 500);
const once = retry(transient, { maxAttempts: 1, backoff: new ConstantBackoff(250) });
/** A room that stays keeps its caller ringing to the end of the trunk's ringing timeout: worth more tries. */
const stubbornly = retry(transient, {
  maxAttempts: 5,
  backoff: new ExponentialBackoff({ initialDelay: 250, maxDelay: 4000 }),
});

export function connectLivekit(options: LivekitOptions): Livekit {
  const clientOptions = { requestTimeout: options.deadlineMs / 1000, failover: false };
  const host = options.url.replace(/^ws/, 'http');
  const rooms = new RoomServiceClient(host, options.apiKey, options.apiSecret, clientOptions);
  const dispatches = new AgentDispatchClient(host, options.apiKey, options.apiSecret, clientOptions);
  const metadataOf = async (room: RoomName) => {
    const [found] = await once.execute(() => rooms.listRooms([room]));
    return found?.metadata ?? '';
  };
  return {
    setRoomMetadata: (room, metadata) => once.execute(() => ifThere(rooms.updateRoomMetadata(room, metadata))),
    async dispatchAgent(room, pool, metadata) {
      await once.execute(() => dispatches.createDispatch(room, pool, { metadata }));
    },
    deleteRoom: (room) => stubbornly.execute(() => ifThere(rooms.deleteRoom(room))),
    isPlaced: async (room) => (await metadataOf(room)) !== '',
    roomMetadata: metadataOf,
    async presence(room, callerSid) {
      const participants = await once.execute(() => rooms.listParticipants(room));
      const caller = participants.find(({ sid }) => sid === callerSid);
      return {
        callerIn: caller !== undefined,
        callerAudible: caller !== undefined && caller.tracks.length > 0,
        agentIn: participants.some(({ kind }) => kind === ParticipantInfo_Kind.AGENT),
      };
    },
    async ping() {
      await rooms.listRooms(['']);
    },
  };
}

async function ifThere(request: Promise<unknown>): Promise<RoomAnswer> {
  try {
    await request;
    return 'done';
  } catch (thrown) {
    if (thrown instanceof ServerError && thrown.code === 'not_found') return 'no_room';
    throw thrown;
  }
}
