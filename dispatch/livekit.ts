/** What dispatch asks of the LiveKit server. Every call has a deadline; a room that is not there is an answer. */
import { DataPacket_Kind, type ParticipantInfo, ParticipantInfo_Kind } from '@livekit/protocol';
import { ConstantBackoff, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { AgentDispatchClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import type { SipLeg } from '../shared/contracts.ts';
import { type PoolName, type RoomName, roomNameSchema } from '../shared/ids.ts';
import { parseLeg } from './identify.ts';

export interface LivekitOptions {
  /** ws:// or http:// address of the server. */
  readonly url: string;
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Longest wait for one request. */
  readonly deadlineMs: number;
}

/** Who is in a room, as the server knows it now. An empty room and one that is not there are the same. */
export interface Occupants {
  /** In the order of their coming. */
  readonly legs: readonly SipLegIn[];
  readonly agents: readonly AgentIn[];
  /** Neither telephone nor agent: people who listen. */
  readonly others: number;
}

export function isEmpty({ legs, agents, others }: Occupants): boolean {
  return legs.length + agents.length + others === 0;
}

export interface SipLegIn {
  readonly sid: string;
  /** Undefined: not an inbound call, or not one of ours. */
  readonly leg: SipLeg | undefined;
  readonly audible: boolean;
  /** As LiveKit SIP says it: the caller hears ringing. */
  readonly ringing: boolean;
}

export interface AgentIn {
  readonly sid: string;
  readonly identity: string;
  /** Its sound is published, which answers the call. */
  readonly audible: boolean;
}

export interface RoomSeen {
  readonly room: RoomName;
  /** As dispatch wrote it when it placed the call; empty: nobody did. */
  readonly metadata: string;
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
  occupants(room: RoomName): Promise<Occupants>;
  /** Puts a participant out, also one whose process is gone already. */
  remove(room: RoomName, identity: string): Promise<RoomAnswer>;
  /** Whether a media node has the room, asked of the nodes themselves: what else is asked here, Redis answers. */
  isCarried(room: string): Promise<boolean>;
  /** Every room whose name begins so. */
  roomsNamed(prefix: string): Promise<RoomSeen[]>;
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
    occupants: (room) => once.execute(() => occupantsOf(rooms, room)),
    remove: (room, identity) => once.execute(() => ifThere(rooms.removeParticipant(room, identity))),
    isCarried: (room) => hasNode(rooms, room),
    async roomsNamed(prefix) {
      const all = await once.execute(() => rooms.listRooms());
      return all
        .filter(({ name }) => name.startsWith(prefix))
        .map(({ name, metadata }) => ({ room: roomNameSchema.parse(name), metadata }));
    },
    async ping() {
      await rooms.listRooms(['']);
    },
  };
}

async function occupantsOf(rooms: RoomServiceClient, room: RoomName): Promise<Occupants> {
  let present: ParticipantInfo[] = [];
  try {
    present = await rooms.listParticipants(room);
  } catch (thrown) {
    if (!isNotFound(thrown)) throw thrown;
  }
  const ofKind = (kind: ParticipantInfo_Kind) => present.filter((participant) => participant.kind === kind);
  const legs = ofKind(ParticipantInfo_Kind.SIP).sort((one, other) => Number(one.joinedAtMs - other.joinedAtMs));
  const agents = ofKind(ParticipantInfo_Kind.AGENT);
  return {
    legs: legs.map(({ sid, attributes, tracks }) => ({
      sid,
      leg: parseLeg(attributes),
      audible: tracks.length > 0,
      ringing: attributes['sip.callStatus'] === 'ringing',
    })),
    agents: agents.map(({ sid, identity, tracks }) => ({ sid, identity, audible: tracks.length > 0 })),
    others: present.length - legs.length - agents.length,
  };
}

/** A word to nobody: the node that has the room takes it, and for a room that no node has nobody answers. */
async function hasNode(rooms: RoomServiceClient, room: string): Promise<boolean> {
  try {
    await rooms.sendData(room, new Uint8Array(1), DataPacket_Kind.LOSSY, { destinationIdentities: ['nobody'] });
    return true;
  } catch (thrown) {
    const timedOut = thrown instanceof Error && thrown.name === 'TimeoutError';
    if (timedOut || (thrown instanceof ServerError && thrown.status >= 500)) return false;
    throw thrown;
  }
}

async function ifThere(request: Promise<unknown>): Promise<RoomAnswer> {
  try {
    await request;
    return 'done';
  } catch (thrown) {
    if (isNotFound(thrown)) return 'no_room';
    throw thrown;
  }
}

function isNotFound(thrown: unknown): boolean {
  return thrown instanceof ServerError && thrown.code === 'not_found';
}
